import { AddressFault, hostAndPort, parseServerAddress } from './server-address.ts'

/** Modes of TLS, as libpq names them: https://www.postgresql.org/docs/current/libpq-ssl.html */
const TLS_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
type TlsMode = (typeof TLS_MODES)[number]

/** A PostgreSQL database, as a connection URI of libpq names it. */
export interface PostgresAddress {
  readonly host: string
  readonly port: number
  /** The folder of a Unix socket, in the place of a host. */
  readonly socketFolder: string | undefined
  readonly database: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly tls: {
    readonly mode: TlsMode
    /** Files in PEM: the authorities that we trust, our own certificate and its key. */
    readonly ca: string | undefined
    readonly cert: string | undefined
    readonly key: string | undefined
  }
  /** Settings given to the server for each connection, such as `search_path`. */
  readonly settings: Readonly<Record<string, string>>
}

const STANDARD_PORT = 5432
/** Parameters of libpq that are ignored: their effect is given here, or cannot matter. */
const IGNORED =
  /^(connect_timeout|keepalives(_\w+)?|tcp_user_timeout|gssencmode|sslcompression|sslsni|fallback_application_name)$/
/** Parameters of libpq that are refused: their effect cannot be had, and ignoring them would feign it. */
const NOT_SERVED =
  /^(target_session_attrs|hostaddr|service|passfile|channel_binding|require_auth|sslpassword|sslcrl(dir)?|sslnegotiation|ssl_m\w+_protocol_version|krbsrvname|gsslib|load_balance_hosts|requirepeer)$/

/** Throws `AddressFault`. */
export function parsePostgresAddress(text: string): PostgresAddress {
  const { scheme, path, parameters, ...server } = parseServerAddress(text)
  if (scheme !== 'postgres' && scheme !== 'postgresql')
    throw new AddressFault('it does not begin with postgres://')
  const settings = new Map(parameters)
  const take = (name: string): string | undefined => {
    const value = settings.get(name)
    settings.delete(name)
    return value || undefined
  }
  const host = take('host') ?? server.host
  const isFolder = host.startsWith('/')
  const port = portOf(take('port')) ?? server.port ?? STANDARD_PORT
  const [database, user, password] = [take('dbname') ?? path, take('user') ?? server.user, take('password')]
  if (host === '')
    throw new AddressFault('it names no server; write its address, or ?host= and the folder of its socket')
  // A Unix socket needs no TLS: nobody could listen in.
  const tls = { ...tlsOf(take), ...(isFolder && { mode: 'disable' as const }) }
  for (const name of settings.keys()) {
    if (NOT_SERVED.test(name)) throw new AddressFault(`${name} cannot be had here; leave it out`)
    if (IGNORED.test(name)) settings.delete(name)
  }
  if (database === '' || database.includes('\0')) throw new AddressFault(`it names ${NO_DATABASE}`)
  return {
    ...{ host, port, socketFolder: isFolder ? host : undefined, database, user },
    ...{ password: password ?? server.password, tls, settings: Object.fromEntries(settings) },
  }
}

const NO_DATABASE =
  'a PostgreSQL server and no database on it; write its name after the address, such as postgres://user:password@127.0.0.1:5432/parlance'

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw new AddressFault('its port is not from 1 to 65535')
  return port
}

function tlsOf(take: (name: string) => string | undefined): PostgresAddress['tls'] {
  const [flag, asked] = [take('ssl'), take('sslmode')]
  if (flag !== undefined && flag !== 'true' && flag !== 'false')
    throw new AddressFault('ssl is neither true nor false')
  const [ca, cert, key] = [take('sslrootcert'), take('sslcert'), take('sslkey')]
  const named = asked ?? (flag === 'true' ? 'require' : 'disable')
  const mode = TLS_MODES.find((known) => known === named)
  if (mode === undefined) throw new AddressFault(`sslmode is none of ${TLS_MODES.join(', ')}`)
  // As in libpq, 'require' with a file of authorities checks the server's certificate against it.
  const isAsked = mode === 'require' && ca !== undefined && ca !== 'system'
  return {
    mode: ca === 'system' ? 'verify-full' : isAsked ? 'verify-ca' : mode,
    ca: ca === 'system' ? undefined : ca,
    cert,
    key,
  }
}

/** The database as it may be shown: without the password. */
export function shownPostgres(text: string): string {
  const { host, port, socketFolder, database, tls } = parsePostgresAddress(text)
  const isSecret = !['disable', 'allow', 'prefer'].includes(tls.mode)
  const where = socketFolder === undefined ? hostAndPort(host, port) : `the socket in ${socketFolder}`
  return `The database ${database} at ${where}${isSecret ? ' over TLS' : ''}`
}
