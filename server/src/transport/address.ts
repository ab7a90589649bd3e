import type { IncomingMessage } from 'node:http'
import { isIP, isIPv6 } from 'node:net'
import proxyaddr from '@fastify/proxy-addr'

/** The peer's address, as limits count it; behind a trusted proxy, that of the one the proxy saw. */
export type AddressOf = (request: IncomingMessage) => string

type IsTrusted = (address: string, index: number) => boolean

/** `trustedProxies`: addresses, CIDR ranges or `loopback`, `linklocal`, `uniquelocal`. */
export function addressReader(trustedProxies: readonly string[]): AddressOf {
  if (trustedProxies.length === 0) return (request) => networkOf(request.socket.remoteAddress)
  const isTrusted = proxyaddr.compile([...trustedProxies])
  return (request) => networkOf(forwardedAddressOf(request, isTrusted))
}

/**
 * The nearest address that is no trusted proxy's. Each proxy has appended the peer that it saw to X-Forwarded-For. A
 * proxy that wrote something else than an address (`unknown`, a name, nothing) is itself taken for the client.
 */
function forwardedAddressOf({ socket, headers }: IncomingMessage, isTrusted: IsTrusted): string | undefined {
  let nearest = socket.remoteAddress
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',')
  const entries = forwarded.split(',').map((entry) => entry.trim())
  for (const entry of entries.filter((text) => text !== '').reverse()) {
    if (nearest === undefined || !isTrusted(nearest, 0)) break
    const address = addressIn(entry)
    if (address === undefined) break
    nearest = address
  }
  return nearest
}

/** An address, perhaps with a port: Azure's gateway writes `203.0.113.2:50123`, others `[2001:db8::7]:50123`. */
const ENTRY = /^(?:\[([^\]]+)\]|([^:]+))(?::\d*)?$/

/** The address of an entry, without its port and the quotes around both; undefined when the entry has no address. */
function addressIn(entry: string): string | undefined {
  const text = entry.replace(/^"(.*)"$/, '$1')
  if (isIP(text) !== 0) return text
  const [, inBrackets, beforePort = ''] = ENTRY.exec(text) ?? []
  if (inBrackets !== undefined) return isIPv6(inBrackets) ? inBrackets : undefined
  return isIP(beforePort) !== 0 ? beforePort : undefined
}

const GROUPS = 8
/** The first six groups of `::ffff:0:0/96`, whose last two groups are an IPv4 address. */
const MAPPED = '0:0:0:0:0:ffff'

/** An IPv4 address itself; of IPv6 the first 64 bits, since one subscriber has all addresses that begin with them. */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  // Asked first, since most have none: Node looks for an IPv6 address with a long expression.
  if (!address.includes(':') || !isIPv6(address)) return address
  const groups = groupsOf(address)
  if (groups.slice(0, -2).join(':') === MAPPED) return groups.slice(-2).flatMap(bytesOf).join('.')
  return `${groups.slice(0, GROUPS / 2).join(':')}::/64`
}

/** The eight groups of an IPv6 address, however it is written, in hexadecimal without leading zeros. */
function groupsOf(address: string): readonly string[] {
  const [withoutZone = ''] = address.split('%', 1)
  const [head = '', tail = ''] = withoutZone.split('::')
  const [before, after] = [writtenGroups(head), writtenGroups(tail)]
  const zeros = Array<string>(Math.max(0, GROUPS - before.length - after.length)).fill('0')
  return [...before, ...zeros, ...after]
}

const writtenGroups = (text: string): readonly string[] =>
  text === '' ? [] : text.split(':').flatMap((part) => (part.includes('.') ? dotted(part) : [hex(part)]))

const hex = (group: string): string => Number.parseInt(group, 16).toString(16)

function dotted(ipv4: string): readonly string[] {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number)
  return [a * 256 + b, c * 256 + d].map((group) => group.toString(16))
}

const bytesOf = (group: string): readonly number[] => {
  const value = Number.parseInt(group, 16)
  return [value >> 8, value & 255]
}
