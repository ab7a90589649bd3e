import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { replay } from './body-replay.ts'
import { tellRequestId } from './request-ids.ts'

/** How a dialect answers what is not one of its routes. */
export interface DialectAnswers {
  readonly notFound: (reply: FastifyReply, request: FastifyRequest) => unknown
  /** `allow` is the value of the Allow header. */
  readonly methodNotAllowed: (reply: FastifyReply, allow: string) => unknown
  /** Refusals, errors of body parsing (Fastify's own, by code) and bugs alike. */
  readonly error: (error: Error, request: FastifyRequest, reply: FastifyReply) => unknown
}

/** Bytes of a request's body without message or list: names, passwords and ids, escaped and with room to spare. */
export const SMALL_BODY_BYTES = 16 * 1024

/** Bytes that one byte of a text takes when escaped, as in `\u0001`. */
const ESCAPED = 6

/** Bytes of a request's body with a message of so many bytes of UTF-8. */
export const messageBodyBytes = (maxMessageBytes: number): number =>
  SMALL_BODY_BYTES + ESCAPED * maxMessageBytes

const noSchemas = () => () => {
  throw new Error('no route here has a schema: each dialect checks what comes by itself')
}

// Else Fastify loads its compilers of schemas, a tenth of the time to start.
const WITHOUT_SCHEMAS = { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } }

interface BodyOptions {
  /** Bytes of a body where its route has no `bodyLimit` of its own; `SMALL_BODY_BYTES` when absent. */
  readonly maxBytes?: number
  /**
   * Whether this request's body is read whatever its Content-Type says. Else a value that is no media type is refused
   * before the body is read. Asked last before that, so hooks of the dialect see the header as it came.
   */
  readonly isTypeIgnored?: (request: FastifyRequest) => boolean
}

/** A media type that Fastify takes, in place of one that is not to be looked at. */
const ANY_TYPE = 'application/octet-stream'

/**
 * An HTTP application of one dialect: its 404, 405 and errors are its own on every port it is served on, each with the
 * request's id in a header. Bodies stay
 * bytes (`bodyBytes`), so that each dialect refuses those that it cannot read in its own words.
 */
export function createDialectApp(
  answers: DialectAnswers,
  { maxBytes = SMALL_BODY_BYTES, isTypeIgnored }: BodyOptions = {},
): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: maxBytes,
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    routerOptions: {
      maxParamLength: 256,
    },
    schemaController: WITHOUT_SCHEMAS,
    // A path with a broken escape or an endless parameter is nobody's route.
    frameworkErrors: (_error, request, reply) => answers.notFound(tellRequestId(reply), request),
    // A malformed Accept-Version or the like must not choose the answer's shape.
    exposeHeadRoutes: false,
    return503OnClosing: false,
    forceCloseConnections: false,
  })
  const routes = new MethodTable()
  app.addHook('onRoute', ({ method, url }) => routes.add(url, [method].flat()))
  app.removeAllContentTypeParsers()
  // JSON is named because Fastify remembers the parser of a type that is named, and looks anew for one that is not.
  for (const type of ['application/json', '*'])
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const { headers } = request.raw
    if (headers['content-type'] !== undefined && isTypeIgnored?.(request)) headers['content-type'] = ANY_TYPE
    done(null, replay(request.raw) ?? payload)
  })
  app.setNotFoundHandler((request, reply) => {
    const allowed = routes.methodsOf(request.url.split('?', 1)[0] ?? '')
    tellRequestId(reply)
    if (allowed.length === 0) return answers.notFound(reply, request)
    const allow = allowed.join(',')
    return answers.methodNotAllowed(reply.header('allow', allow), allow)
  })
  app.setErrorHandler((error, request, reply) => {
    tellRequestId(reply)
    return answers.error(error instanceof Error ? error : new Error(String(error)), request, reply)
  })
  return app
}

/** The request's body; undefined when there is none. */
export const bodyBytes = ({ body }: FastifyRequest): Buffer | undefined =>
  Buffer.isBuffer(body) ? body : undefined

/** Fastify answers a wrong method like an unknown path; this remembers which methods a path has. */
class MethodTable {
  readonly #rows: { readonly pattern: RegExp; readonly methods: string[] }[] = []
  readonly #byUrl = new Map<string, string[]>()

  add(url: string, methods: readonly string[]): void {
    const known = this.#byUrl.get(url)
    if (known) {
      known.push(...methods)
      return
    }
    const row = { pattern: new RegExp(`^${url.replace(/:[a-z_]+/gi, '[^/]+')}$`), methods: [...methods] }
    this.#byUrl.set(url, row.methods)
    this.#rows.push(row)
  }

  methodsOf(path: string): readonly string[] {
    // A path that is a route itself may have the form of another, too.
    return this.#byUrl.get(path) ?? this.#rows.find(({ pattern }) => pattern.test(path))?.methods ?? []
  }
}

interface PlainResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: string): unknown
}

export function plain(response: PlainResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(text)
}
