import { isIP } from 'node:net'

/** The parts of a server's address such as `scheme://user:password@host:port/path?name=value`. */
interface ServerAddress {
  /** In lower case, without the colon. */
  readonly scheme: string
  readonly user: string | undefined
  readonly password: string | undefined
  /** An IPv6 address without its brackets, with its zone; empty when there is none. */
  readonly host: string
  readonly port: number | undefined
  /** Without the slash before it. */
  readonly path: string
  readonly parameters: ReadonlyMap<string, string>
}

/** The reason why an address cannot be read: a clause that shows nothing of it, for a password may stand anywhere. */
export class AddressFault extends Error {}

const FORM = /^([a-z][a-z\d+.-]*):\/\/(?:([^/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?(#.*)?$/i
const HOST_AND_PORT = /^(\[[^[\]]*\]|[^:[\]]*)(?::(\d*))?$/
const HOST_NAME = /^[\w.-]*$/

/**
 * Reads an address as its writer means it: a `%` that begins no code is itself, as in a password. The URL parser of the
 * web accepts neither that, nor a user without a host, nor the zone of an IPv6 address. Throws `AddressFault`.
 */
export function parseServerAddress(text: string): ServerAddress {
  const [, scheme = '', credentials, authority = '', path = '', query = '', fragment] = FORM.exec(text) ?? []
  if (scheme === '') throw new AddressFault('it does not begin with scheme://')
  if (fragment !== undefined || `${path}?${query}`.includes('@')) throw new AddressFault(ENCODE)
  const [user, password] = halves(credentials ?? '', ':')
  return {
    scheme: scheme.toLowerCase(),
    user: decoded(user) || undefined,
    password: decoded(password ?? '') || undefined,
    ...hostAndPortOf(authority),
    path: decoded(path),
    parameters: new Map(query.split('&').filter(Boolean).map(parameterOf)),
  }
}

const ENCODE = 'in a user, password or name, write % @ : / ? # as %25 %40 %3A %2F %3F %23'

function hostAndPortOf(authority: string): Pick<ServerAddress, 'host' | 'port'> {
  if (authority.includes(','))
    throw new AddressFault('it names several servers; name the one that takes writes')
  const [, named, digits] = HOST_AND_PORT.exec(authority) ?? []
  if (named === undefined) throw new AddressFault(`its host or port cannot be read; ${ENCODE}`)
  const port = digits ? Number(digits) : undefined
  if (port !== undefined && (port < 1 || port > 65_535))
    throw new AddressFault('its port is not from 1 to 65535')
  return { host: hostOf(named), port }
}

function hostOf(named: string): string {
  if (named.startsWith('[')) {
    const address = named.slice(1, -1).replace('%25', '%')
    if (isIP(address) !== 6) throw new AddressFault('what is in brackets is not an IPv6 address')
    return address
  }
  const host = decoded(named)
  if (!host.startsWith('/') && !HOST_NAME.test(host))
    throw new AddressFault(`its host cannot be read; ${ENCODE}`)
  return host
}

const parameterOf = (pair: string): readonly [string, string] => {
  const [name, value = ''] = halves(pair, '=')
  return [decoded(name), decoded(value)]
}

function halves(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** Decodes percent codes that are UTF-8, and leaves all other text as it is. */
export const decoded = (text: string): string =>
  text.replace(/(?:%[\da-f]{2})+/gi, (codes) => {
    try {
      return decodeURIComponent(codes)
    } catch {
      return codes
    }
  })

/** `host:port`, an IPv6 address in brackets. */
export const hostAndPort = (host: string, port: number): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

const SECRET = /^(.*password|passfile|sslkey)$/i

/** The address as it may be shown: without a password. */
export function shownAddress(text: string): string {
  const { scheme, user, host, port, path, parameters } = parseServerAddress(text)
  const shown = [...parameters]
    .filter(([name]) => !SECRET.test(name))
    .map(([name, value]) => `${name}=${value}`)
  const at = user === undefined ? '' : `${encodeURIComponent(user)}@`
  const where = port === undefined ? hostAndPort(host, 0).replace(/:0$/, '') : hostAndPort(host, port)
  const asked = shown.length > 0 ? `?${shown.join('&')}` : ''
  return `${scheme}://${at}${where.startsWith('/') ? encodeURIComponent(where) : where}/${encodeURI(path)}${asked}`
}
