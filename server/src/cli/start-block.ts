import { type Config, shownDatabase } from '../config/index.ts'
import { DIALECT_NAMES, DIALECTS } from '../dialects/index.ts'
import { SAFE_SECRET_LENGTH } from '../lib/secret-setting.ts'
import { hostAndPort, shownAddress } from '../lib/server-address.ts'
import type { Server } from '../server.ts'

/**
 * The lines that a person sees when the server is up: addresses, database, things to try. `unread` names variables
 * that begin as settings do and are none.
 */
export function startBlock(config: Config, server: Server, unread: readonly string[]): string {
  const { url, dedicatedPorts, hasSocketIo, pusher } = server
  const { cluster } = config.channels.pusher
  const isOn = (name: Config['dialects'][number]) => config.dialects.includes(name)
  const rows: (readonly [string, string] | false)[] = [
    server.hasWebClient && ['web client', url],
    server.hasPlayground && [
      'playground',
      `${url}/playground${config.playground === 'on' ? ', open to everybody' : ''}`,
    ],
    ['HTTP, WebSocket', url],
    hasSocketIo && ['Socket.IO', url],
    isOn('channels') && [
      'Pusher',
      cluster ? `hosted, cluster ${cluster}` : `app ${pusher.appId}, key ${pusher.key}`,
    ],
    ...rawRows(config, server),
    ...[...dedicatedPorts].map(
      ([name, port]) =>
        [`only ${name}`, `${config.tls ? 'https' : 'http'}://${hostAndPort(config.host, port)}`] as const,
    ),
    ['dialects', config.dialects.join(', ')],
    ['data', shownDatabase(config.database)],
    config.redisUrl !== undefined && ['other nodes', `through ${shownAddress(config.redisUrl)}`],
    config.redisUrl !== undefined && [
      'files',
      `in ${config.filesDirectory}: all nodes must share this folder, or a file is found only where it was uploaded`,
    ],
    (config.chatapp.jwtSecret?.length ?? SAFE_SECRET_LENGTH) < SAFE_SECRET_LENGTH && [
      'warning',
      'JWTSECRET is short: who sees a token can guess it and log in as anyone; leave it out to have one made',
    ],
    isOn('channels') &&
      cluster !== undefined && [
        'warning',
        `PUSHER_CLUSTER is set: LIVE EVENTS GO TO HOSTED PUSHER (${cluster}), and the Pusher server here is off; leave it out for the one here`,
      ],
    unread.length > 0 && ['not read', `${listed(unread)}: no setting of this server`],
    [
      'passwords',
      config.passwordPolicy === 'strict'
        ? 'at least 8 characters, none of the 3,000 commonest'
        : 'any; PASSWORD_POLICY=strict refuses short and common ones',
    ],
    config.registration === 'closed' && ['registration', 'closed: parlance accounts add makes accounts'],
    !config.rateLimits && ['rate limits', 'off: for benchmarks on a trusted network only'],
  ]
  const lines = rows.flatMap((row) => (row ? [`  ${row[0].padEnd(16)} ${row[1]}`] : []))
  return `\nParlance is ready.\n\n${lines.join('\n')}\n\n${firstAccount(config, url)}\n`
}

/** The dialects that can have a raw port: where there are several, its row says whose it is. */
const RAW_DIALECTS = DIALECT_NAMES.filter((name) => DIALECTS[name].rawTcp !== 'none')

const rawRows = (config: Config, server: Server) =>
  config.rawPorts.map(({ dialect, host, port }) => {
    const kind = config.tls ? 'raw TCP, TLS' : 'raw TCP'
    const title = RAW_DIALECTS.length > 1 ? `${kind}, ${dialect}` : kind
    return [title, hostAndPort(host, server.rawPorts.get(dialect) ?? port)] as const
  })

const MAX_LISTED = 5

const listed = (names: readonly string[]): string =>
  names.length > MAX_LISTED
    ? `${names.slice(0, MAX_LISTED).join(', ')} and ${names.length - MAX_LISTED} more`
    : names.join(', ')

/** A command that works as it stands, in a dialect that is on. */
function firstAccount({ dialects: [first = 'rooms'] }: Config, url: string): string {
  const { firstAccount: way } = DIALECTS[first]
  if ('words' in way) return `  first account    ${way.words}\n`
  return `  first account    curl -i ${url}${way.path} -H 'content-type: application/json' \\\n                     -d '${way.body}'\n`
}
