import type { IncomingMessage } from 'node:http'

/** Which web pages may use the cookie of their visitor. */
export class Origins {
  readonly #allowed: ReadonlySet<string>

  constructor(allowed: readonly string[]) {
    this.#allowed = new Set(allowed)
  }

  isAllowed(origin: string): boolean {
    return this.#allowed.has(origin)
  }

  /** A handshake without an origin is not a browser's. */
  mayConnect({ headers: { origin, host } }: IncomingMessage): boolean {
    return origin === undefined || this.isAllowed(origin) || isOwn(origin, host)
  }
}

/** The scheme is not compared: behind a TLS proxy the server does not know its own. */
function isOwn(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false
  const { protocol, host: originHost } = new URL(origin)
  const own = `${protocol}//${host}`
  return originHost !== '' && URL.canParse(own) && new URL(own).host === originHost
}
