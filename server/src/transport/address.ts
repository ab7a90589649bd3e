import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
import proxyaddr from '@fastify/proxy-addr'

/** The peer's address, as limits count it; behind a trusted proxy, that of the one the proxy saw. */
export type AddressOf = (request: IncomingMessage) => string

/** `trustedProxies`: addresses, CIDR ranges or `loopback`, `linklocal`, `uniquelocal`. */
export function addressReader(trustedProxies: readonly string[]): AddressOf {
  if (trustedProxies.length === 0) return (request) => networkOf(request.socket.remoteAddress)
  const trust = proxyaddr.compile([...trustedProxies])
  return (request) => networkOf(proxyaddr(request, trust))
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const GROUPS = 8

/** Of IPv6 the first 64 bits: one subscriber has all addresses that begin with them. Of IPv4 the address. */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  if (!isIPv6(address)) return address
  const mapped = MAPPED.exec(address)?.[1]
  if (mapped) return mapped
  const [head = '', tail = ''] = address.split('%', 1).join().split('::')
  const [before, after] = [groupsOf(head), groupsOf(tail)]
  const zeros = Array(Math.max(0, GROUPS - before.length - after.length)).fill('0')
  return `${[...before, ...zeros, ...after].slice(0, GROUPS / 2).join(':')}::/64`
}

const groupsOf = (text: string): readonly string[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16).toString(16))
