import type { FastifyReply } from 'fastify'
import { AnswerCache, Begun, type LongAnswers, sendBegun } from '../../answers/index.ts'
import type { Chat } from '../../core/chat.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../observe/index.ts'
import {
  type AddressOf,
  createDialectApp,
  type Limits,
  logFailed,
  requestIdOf,
} from '../../transport/index.ts'
import type { Dialect } from '../dialect.ts'
import type { FileLines } from '../file-lines.ts'
import { Credentials } from './credentials.ts'
import { Guards } from './endpoint.ts'
import {
  internalError,
  methodNotAllowed,
  notFound,
  type Refusal,
  refusalFor,
  tooManyRequests,
} from './errors.ts'
import { requests } from './requests.ts'

interface MessengerDeps {
  readonly chat: Chat
  readonly lines: FileLines
  readonly answers: LongAnswers
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly log: Logger
  /** Signs and verifies this dialect's tokens and no other's. */
  readonly tokenKey: string
  readonly clock: Clock
}

const MAX_KEPT_BYTES = 16 * 1024 * 1024
const JSON_TYPE = 'application/json'
const OWN_PATHS = ['/user/', '/chat/', '/message/']

/** REST with bearer tokens. Its clients poll: it has no live connections and no events. */
export function mountMessenger(deps: MessengerDeps): Dialect<'messenger'> {
  const { chat, lines, answers, limits, addressOf, log, tokenKey, clock } = deps
  const app = createDialectApp({
    notFound: (reply) => refuse(reply, notFound()),
    methodNotAllowed: (reply) => refuse(reply, methodNotAllowed()),
    error: (error, _request, reply) => {
      const refusal = refusalFor(error)
      if (!refusal) logFailed(log, error, reply)
      return refuse(reply, refusal ?? internalError())
    },
  })
  app.addHook('onRequest', (request, _reply, done) => {
    const wait = limits.take('request', addressOf(request.raw))
    done(wait > 0 ? tooManyRequests(wait) : undefined)
  })

  const credentials = new Credentials(chat, tokenKey, clock)
  const cache = new AnswerCache<Buffer>(MAX_KEPT_BYTES)
  const guards = new Guards({ limits, answers, addressOf, credentials })
  for (const { answer, ...route } of requests({ chat, lines, limits, credentials, guards, cache })) {
    app.route({ ...route, handler: async (request, reply) => payloadOf(reply, await answer(request), log) })
  }
  return {
    name: 'messenger',
    http: app,
    paths: OWN_PATHS,
    close: async () => {},
  }
}

const refuse = (reply: FastifyReply, { status, headers, body }: Refusal): FastifyReply =>
  reply.code(status).headers(headers).send(json(reply, body))

/** Fastify sends what the handler returns. A handler that returned its reply would wait for the end of the response. */
function payloadOf(reply: FastifyReply, body: object, log: Logger): string | FastifyReply {
  if (!(body instanceof Begun)) return json(reply, body)
  const onError = (err: Error) =>
    log.error({ err, requestId: requestIdOf(reply.request.raw) }, 'answer failed')
  return sendBegun(reply, body, { type: JSON_TYPE, onError })
}

/**
 * With a serializer Fastify leaves the content type as the framework writes it, without a charset. As a text, which Node
 * writes in one piece with the head.
 */
function json(reply: FastifyReply, body: object): string {
  reply.header('content-type', JSON_TYPE).serializer(asItIs)
  return JSON.stringify(body)
}

const asItIs = (text: unknown): string => String(text)
