import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Begun, sendBegun } from '../../answers/index.ts'
import type { Logger } from '../../observe/index.ts'
import {
  type AddressOf,
  bodyBytes,
  createDialectApp,
  type DialectAnswers,
  isCrossSiteForm,
  type Limits,
  logFailed,
  messageBodyBytes,
  requestIdOf,
} from '../../transport/index.ts'
import { refusePast, requireWithinLimit, retryAfterOf } from '../rate-limit.ts'
import {
  answerTo,
  CROSS_SITE_FORM,
  INTERNAL,
  METHOD_NOT_ALLOWED,
  NOT_FOUND,
  Refusal,
  unreadable,
  type WireAnswer,
} from './errors.ts'
import { parseBody } from './fields.ts'
import { type Call, type Requests, ROUTES } from './requests.ts'

interface HttpOptions {
  readonly requests: Requests
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly log: Logger
  readonly maxMessageBytes: number
  /** Answers `/apps/…`; absent when the Pusher server is not ours. */
  readonly pusher: FastifyInstance | undefined
}

// The token is in a header that pages of other origins do not have: any of them may ask.
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after, x-request-id',
}
const PREFLIGHT = { 'access-control-allow-methods': 'GET, POST', 'access-control-max-age': '86400' }
const TOO_MANY_REQUESTS = 429
const FORM = 'application/x-www-form-urlencoded'

/** The endpoints, and what is common to them: CORS, limits, answers. */
export function createHttp(options: HttpOptions): FastifyInstance {
  const { requests, limits, addressOf, log, pusher, maxMessageBytes } = options
  // Clients name any type, or none: a body that is no form is read as JSON whatever they say.
  const app = createDialectApp(answers(log), { isTypeIgnored: (request) => !isForm(request) })
  if (pusher) giveAway('/apps/', pusher, app)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...CORS, 'cache-control': 'no-store' })
    requireWithinLimit(limits.take('request', addressOf(request.raw)))
    if (request.method === 'OPTIONS') return sendPreflight(request, reply)
    if (isCrossSiteForm(request.raw)) throw new Refusal(CROSS_SITE_FORM)
    return undefined
  })
  for (const { method, url, limit, run } of ROUTES) {
    app.route({
      method,
      url,
      ...(limit && { onRequest: refusePast(limit, options) }),
      ...(url === '/api/send_message' && { bodyLimit: messageBodyBytes(maxMessageBytes) }),
      handler: async (request, reply) =>
        payloadOf(reply, await run(requests, callOf(request, addressOf)), log),
    })
  }
  return app
}

/** Hands requests below a path to another application before anything of theirs is read. */
function giveAway(prefix: string, to: FastifyInstance, from: FastifyInstance): void {
  from.addHook('onReady', async () => {
    await to.ready()
  })
  from.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith(prefix)) return
    reply.hijack()
    to.routing(request.raw, reply.raw)
  })
}

/** Any header may be sent: the libraries around Pusher add some of their own, such as `X-Socket-ID`. */
function sendPreflight({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const allowed = headers['access-control-request-headers'] ?? 'authorization, content-type'
  return reply.code(204).headers(PREFLIGHT).header('access-control-allow-headers', allowed).send()
}

const answers = (log: Logger): DialectAnswers => ({
  notFound: (reply) => send(reply, NOT_FOUND),
  methodNotAllowed: (reply) => send(reply, METHOD_NOT_ALLOWED),
  error: (error, _request, reply) => {
    const answer = answerTo(error) ?? answerToHttpError(error)
    if (!answer) logFailed(log, error, reply)
    if (answer?.status === TOO_MANY_REQUESTS) reply.header('retry-after', retryAfterOf(error))
    return send(reply, answer ?? INTERNAL)
  },
})

const send = (reply: FastifyReply, { status, body }: WireAnswer): FastifyReply =>
  reply.code(status).send(body)

/** Fastify sends what the handler returns. A handler that returned its reply would wait for the end of the response. */
function payloadOf(reply: FastifyReply, { status, body }: WireAnswer, log: Logger): object {
  reply.code(status)
  if (!(body instanceof Begun)) return body
  const onError = (err: Error) =>
    log.error({ err, requestId: requestIdOf(reply.request.raw) }, 'history failed')
  return sendBegun(reply, body, { type: 'application/json; charset=utf-8', onError })
}

/** Fastify's own: a body that is too long, or shorter than announced; a media type that is none. */
const answerToHttpError = ({ statusCode }: Error & { statusCode?: number }): WireAnswer | undefined =>
  statusCode !== undefined && statusCode < 500 ? unreadable(statusCode) : undefined

const callOf = (request: FastifyRequest, addressOf: AddressOf): Call => ({
  authorization: request.headers.authorization,
  address: addressOf(request.raw),
  channel: channelOf(request.params),
  query: request.query,
  body: () => parseBody(bodyBytes(request), isForm(request) ? 'form' : 'json'),
})

const isForm = ({ headers }: FastifyRequest): boolean =>
  headers['content-type']?.toLowerCase().startsWith(FORM) ?? false

const channelOf = (params: unknown): string | undefined => {
  const channel: unknown = Reflect.get(Object(params), 'channel')
  return typeof channel === 'string' ? channel : undefined
}
