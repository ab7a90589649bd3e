import type { IncomingMessage } from 'node:http'
import { isLocalRequest } from '../../transport/index.ts'

/** `local`: for requests of this machine to a server that listens on loopback only. `on`: for everybody who gets here. */
export type PlaygroundMode = 'local' | 'on' | 'off'

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i

/** Whether anybody may see the playground of a server that listens at this host. */
export const isEverOpen = (mode: PlaygroundMode, host: string): boolean =>
  mode === 'on' || (mode === 'local' && LOOPBACK_HOST.test(host))

/** Whether this request may see it. A proxy's request is not local, as it is not for metrics. */
export const mayEnter = (mode: PlaygroundMode, host: string, request: IncomingMessage): boolean =>
  isEverOpen(mode, host) && (mode === 'on' || isLocalRequest(request))

/**
 * Whether a page of this very server asks. A browser says of each WebSocket whose page opens it; a program that says
 * nothing needs no bridge. The scheme is not compared: behind a proxy that ends TLS, the server does not know its own.
 */
export function isOwnPage({ headers }: IncomingMessage): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers
  if (site !== undefined && site !== 'same-origin') return false
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false
  const { protocol, host: originHost } = new URL(origin)
  const own = `${protocol}//${host}`
  return /^https?:$/.test(protocol) && URL.canParse(own) && new URL(own).host === originHost
}
