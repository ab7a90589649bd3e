import { AddressFault, hostAndPort, parseServerAddress } from './server-address.ts'

/** A database of a Redis server. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: number
}

const STANDARD_PORT = 6379

/** Throws `AddressFault`. */
export function parseRedisAddress(text: string): RedisAddress {
  const { scheme, host, port, user, password, path, parameters } = parseServerAddress(text)
  if (scheme !== 'redis' && scheme !== 'rediss')
    throw new AddressFault('it begins with neither redis:// nor rediss://')
  if (host === '' || host.startsWith('/')) throw new AddressFault('it names no server')
  if (!/^\d{0,9}$/.test(path))
    throw new AddressFault('what follows its slash is not the number of a database')
  const [parameter] = parameters.keys()
  if (parameter !== undefined)
    throw new AddressFault('what follows its question mark is unknown; leave it out')
  return {
    host,
    port: port ?? STANDARD_PORT,
    isTls: scheme === 'rediss',
    user,
    password,
    database: Number(path),
  }
}

/** The server as it may be shown: `host:port`. */
export function shownRedis(text: string): string {
  const { host, port } = parseRedisAddress(text)
  return hostAndPort(host, port)
}
