import { type Config, SAFE_SECRET_LENGTH, shownDatabase } from '../config/index.ts'
import { hostAndPort, shownAddress } from '../lib/server-address.ts'
import type { Server } from '../server.ts'

/**
 * The lines that a person sees when the server is up: addresses, database, things to try. `unread` names variables
 * that begin as settings do and are none.
 */
export function startBlock(config: Config, server: Server, unread: readonly string[]): string {
  const { url, tcpPort, dedicatedPorts, pusher } = server
  const isOn = (name: Config['dialects'][number]) => config.dialects.includes(name)
  const rows: (readonly [string, string] | false)[] = [
    ['HTTP, WebSocket', url],
    (isOn('rooms') || isOn('groups')) && ['Socket.IO', url],
    isOn('channels') && [
      'Pusher',
      config.pusher.cluster
        ? `hosted, cluster ${config.pusher.cluster}`
        : `app ${pusher.appId}, key ${pusher.key}`,
    ],
    tcpPort !== null && ['raw TCP', hostAndPort(config.rooms.tcpHost, tcpPort)],
    ...[...dedicatedPorts].map(
      ([name, port]) => [`only ${name}`, `http://${hostAndPort(config.host, port)}`] as const,
    ),
    ['dialects', config.dialects.join(', ')],
    ['data', shownDatabase(config.database)],
    config.redisUrl !== undefined && ['other nodes', `through ${shownAddress(config.redisUrl)}`],
    (config.chatapp.jwtSecret?.length ?? SAFE_SECRET_LENGTH) < SAFE_SECRET_LENGTH && [
      'warning',
      'JWTSECRET is short: who sees a token can guess it and log in as anyone; leave it out to have one made',
    ],
    isOn('channels') &&
      config.pusher.cluster !== undefined && [
        'warning',
        `PUSHER_CLUSTER is set: LIVE EVENTS GO TO HOSTED PUSHER (${config.pusher.cluster}), and the Pusher server here is off; leave it out for the one here`,
      ],
    unread.length > 0 && ['not read', `${listed(unread)}: no setting of this server`],
    [
      'passwords',
      config.passwordPolicy === 'strict'
        ? 'at least 8 characters, none of the 3,000 commonest'
        : 'any; PASSWORD_POLICY=strict refuses short and common ones',
    ],
    !config.rateLimits && ['rate limits', 'off: for benchmarks on a trusted network only'],
  ]
  const lines = rows.flatMap((row) => (row ? [`  ${row[0].padEnd(16)} ${row[1]}`] : []))
  return `\nParlance is ready.\n\n${lines.join('\n')}\n\n${firstAccount(config, url)}\n`
}

const MAX_LISTED = 5

const listed = (names: readonly string[]): string =>
  names.length > MAX_LISTED
    ? `${names.slice(0, MAX_LISTED).join(', ')} and ${names.length - MAX_LISTED} more`
    : names.join(', ')

/** A command that works as it stands, in a dialect that is on. */
function firstAccount(config: Config, url: string): string {
  const [first] = config.dialects
  if (first === 'groups') return "  first account    a Socket.IO client's find_user makes a guest\n"
  const [path, body] = FIRST_ACCOUNT[first ?? 'rooms']
  return `  first account    curl -i ${url}${path} -H 'content-type: application/json' \\\n                     -d '${body}'\n`
}

const FIRST_ACCOUNT = {
  rooms: ['/register', '{"login":"alice","password":"correct horse","username":"Alice"}'],
  chatapp: ['/register', '{"username":"alice","password":"correct horse","fullname":"Alice"}'],
  messenger: ['/register', '{"username":"alice","email":"alice@example.org","password":"correct horse"}'],
  channels: ['/api/register', '{"username":"alice","password":"correct horse"}'],
} as const
