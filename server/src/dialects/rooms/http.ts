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
import { answerTo, INTERNAL, REFUSALS, Refusal, type WireError } from './errors.ts'
import { type Data, REQUESTS, type Requests } from './requests.ts'
import { parseJsonBytes } from './wire.ts'

interface RoomsHttpOptions {
  readonly requests: Requests
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly log: Logger
  readonly maxMessageBytes: number
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after, x-request-id',
}
const PREFLIGHT = { 'access-control-allow-methods': 'GET, POST', 'access-control-max-age': '86400' }
const OWN_HEADERS = 'user, authorization, content-type'
const TOO_MANY_REQUESTS = 429
const JSON_TYPE = 'application/json; charset=utf-8'
/** A reader of a history that takes nothing for so long is cut off. */
const STALLED_AFTER_MS = 30_000

/** The endpoints, and what is common to them: CORS, limits, answers. */
export function createRoomsApp(options: RoomsHttpOptions): FastifyInstance {
  const { requests, limits, addressOf, log, maxMessageBytes } = options
  // Clients name any type, or none: the body is read as JSON whatever they say.
  const app = createDialectApp(answers(log), { isTypeIgnored: () => true })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...CORS, 'cache-control': 'no-store' })
    requireWithinLimit(limits.take('request', addressOf(request.raw)))
    if (request.method === 'OPTIONS') return sendPreflight(request, reply)
    if (isCrossSiteForm(request.raw)) throw new Refusal(REFUSALS.crossSiteForm)
    return undefined
  })
  for (const [url, { method, limit, run }] of REQUESTS) {
    app.route({
      method,
      url,
      ...(limit && { onRequest: refusePast(limit, options) }),
      ...(url === '/send-message' && { bodyLimit: messageBodyBytes(maxMessageBytes) }),
      handler: async (request, reply) => {
        const given = method === 'GET' ? request.query : bodyOf(request)
        const call = { given, secret: secretOf(request), address: addressOf(request.raw) }
        return payloadOf(reply, await run(requests, call), log)
      },
    })
  }
  return app
}

/** Allows every header that is asked for: front ends add headers of their own, such as for tracing. */
function sendPreflight({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const asked = headers['access-control-request-headers']
  const allowed = asked === undefined ? OWN_HEADERS : `${OWN_HEADERS}, ${asked}`
  return reply.code(204).headers(PREFLIGHT).header('access-control-allow-headers', allowed).send()
}

const answers = (log: Logger): DialectAnswers => ({
  notFound: (reply) => reply.code(404).send(refused(REFUSALS.notFound)),
  methodNotAllowed: (reply) => reply.code(405).send(refused(REFUSALS.methodNotAllowed)),
  error: (error, _request, reply) => {
    const wire = answerTo(error) ?? answerToHttpError(error)
    if (!wire) logFailed(log, error, reply)
    if (wire?.code !== TOO_MANY_REQUESTS) return reply.code(200).send(refused(wire ?? INTERNAL))
    return reply.code(TOO_MANY_REQUESTS).header('retry-after', retryAfterOf(error)).send(refused(wire))
  },
})

const refused = (error: WireError) => ({ ok: false, error })

/** Fastify's own: a body that is too long, or shorter than announced. */
const answerToHttpError = (error: Error & { statusCode?: number }): WireError | undefined =>
  error.statusCode !== undefined && error.statusCode < 500 ? REFUSALS.invalidData : undefined

function bodyOf(request: FastifyRequest): unknown {
  const bytes = bodyBytes(request)
  const json = bytes && parseJsonBytes(bytes)
  if (json === undefined) throw new Refusal(REFUSALS.invalidData)
  return json
}

function secretOf({ headers }: FastifyRequest): string {
  const { user, authorization } = headers
  return (typeof user === 'string' && user) || authorization || ''
}

/** Fastify sends what the handler returns. A handler that returned its reply would wait for the end of the response. */
function payloadOf(reply: FastifyReply, data: Data, log: Logger): object {
  if (data === undefined) return { ok: true }
  if (!(data instanceof Begun)) return { ok: true, data }
  reply.raw.setTimeout(STALLED_AFTER_MS, () => reply.raw.destroy())
  const onError = (err: Error) =>
    log.error({ err, requestId: requestIdOf(reply.request.raw) }, 'history failed')
  return sendBegun(reply, data, { type: JSON_TYPE, onError })
}
