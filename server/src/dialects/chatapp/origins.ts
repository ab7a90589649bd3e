import type { IncomingMessage } from 'node:http'
import type { RefusedOrigins } from './refused-origins.ts'

/** The web pages that may use the cookie of their visitor. */
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
  mayAsk(request: IncomingMessage): boolean {
    const { origin, host } = request.headers
    if (origin === undefined || this.isAllowed(origin) || isOwn(origin, host)) return true
    this.#refused.note(origin, request)
    return false
  }

  /**
   * Whether the requester may be given a cookie. A page of another site must not get one for its visitor, who would
   * go on as somebody else. Forms count too: browsers send them without a preflight.
   */
  mayLogIn(request: IncomingMessage): boolean {
    const site = request.headers['sec-fetch-site']
    // Believe the browser before the Host header, where a proxy may have written another host than the page's own.
    if (site === 'same-origin' || site === 'none') return true
    return (site !== 'cross-site' || request.headers.origin !== undefined) && this.mayAsk(request)
  }

  /** The reason why a page may not ask, for the people who put a proxy in front of the server. */
  reasonFor({ headers: { origin = '', host = '' } }: IncomingMessage): string {
    return (
      `Pages of ${shown(origin)} may not connect: the request came to the host ${shown(host)}, which is not theirs, and ` +
      'CORS_ALLOW_ORIGIN does not name them. A proxy must pass on the Host header that the browser sent ' +
      '(nginx: proxy_set_header Host $http_host;).\n'
    )
  }
}

/** Characters of an origin or host that are shown; longer than any can be. */
const MAX_SHOWN = 300
const shown = (header: string): string => JSON.stringify(header.slice(0, MAX_SHOWN))

/** The scheme is not compared: behind a TLS proxy the server does not know its own. */
function isOwn(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false
  const { protocol, host: originHost } = new URL(origin)
  // An application's page, such as capacitor://localhost, is from no server.
  if (protocol !== 'http:' && protocol !== 'https:') return false
  const own = `${protocol}//${host}`
  return originHost !== '' && URL.canParse(own) && new URL(own).host === originHost
}
