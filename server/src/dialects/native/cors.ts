import type { FastifyReply, FastifyRequest } from 'fastify'

const SENT = [
  ...['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match', 'if-range', 'range'],
  ...['tus-resumable', 'upload-length', 'upload-metadata', 'upload-offset', 'x-http-method-override'],
].join(', ')
const SHOWN = [
  ...['location', 'ratelimit', 'ratelimit-policy', 'retry-after', 'x-request-id', 'etag'],
  ...['accept-ranges', 'content-disposition', 'content-range'],
  ...['tus-extension', 'tus-max-size', 'tus-resumable', 'tus-version'],
  ...['upload-expires', 'upload-length', 'upload-offset'],
].join(', ')
/** Seconds for which a browser may keep the answer to a preflight. */
const MAX_AGE = '7200'

/** Lets pages of listed origins ask with a Bearer token. Cookies are for the server's own pages. */
export class Cors {
  readonly #origins: ReadonlySet<string>

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins)
  }

  allow({ headers: { origin } }: FastifyRequest, reply: FastifyReply): void {
    reply.header('vary', 'Origin')
    if (origin === undefined || !this.#origins.has(origin)) return
    reply.header('access-control-allow-origin', origin)
    reply.header('access-control-expose-headers', SHOWN)
  }

  isPreflight({ method, headers }: FastifyRequest): boolean {
    return (
      method === 'OPTIONS' &&
      headers.origin !== undefined &&
      headers['access-control-request-method'] !== undefined
    )
  }

  /** `allow` lists the methods of the path. */
  answerPreflight(reply: FastifyReply, allow: string): FastifyReply {
    reply.removeHeader('allow').code(204)
    if (this.#origins.has(reply.request.headers.origin ?? ''))
      reply.headers({
        'access-control-allow-methods': allow,
        'access-control-allow-headers': SENT,
        'access-control-max-age': MAX_AGE,
      })
    return reply.send()
  }
}
