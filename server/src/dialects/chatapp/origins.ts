import type { IncomingMessage } from 'node:http'
import type { RefusedOrigins } from './refused-origins.ts'

/** Which web pages may use the cookie of their visitor. */
export class Origins {
  readonly #allowed: ReadonlySet<string>
  readonly #refused: RefusedOrigins

  constructor(allowed: readonly string[], refused: RefusedOrigins) {
    this.#allowed = new Set(allowed)
    this.#refused = refused
  }

  isAllowed(origin: string): boolean {
    return this.#allowed.has(origin)
  }

  /** Whether the page is the server's own or of an allowed origin. A request without an origin is not another page's. */
  mayAsk({ headers: { origin, host } }: IncomingMessage): boolean {
    if (origin === undefined || this.isAllowed(origin) || isOwn(origin, host)) return true
    this.#refused.note(origin)
    return false
  }
}

/** The scheme is not compared: behind a TLS proxy the server does not know its own. */
function isOwn(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false
  const { protocol, host: originHost } = new URL(origin)
  const own = `${protocol}//${host}`
  return originHost !== '' && URL.canParse(own) && new URL(own).host === originHost
}
