import type { IncomingMessage } from 'node:http'
import proxyaddr from '@fastify/proxy-addr'

/** The peer's address; behind a trusted proxy, the one the proxy saw. */
export type AddressOf = (request: IncomingMessage) => string

/** `trustedProxies`: addresses, CIDR ranges or `loopback`, `linklocal`, `uniquelocal`. */
export function addressReader(trustedProxies: readonly string[]): AddressOf {
  if (trustedProxies.length === 0) return (request) => request.socket.remoteAddress ?? 'unknown'
  const trust = proxyaddr.compile([...trustedProxies])
  return (request) => proxyaddr(request, trust) ?? 'unknown'
}
