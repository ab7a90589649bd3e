import type { FastifyReply } from 'fastify'
import type { Logger } from 'pino'
import type { Chat } from '../../core/chat.ts'
import type { Clock } from '../../lib/clock.ts'
import { type AddressOf, createDialectApp, type Limits } from '../../transport/index.ts'
import type { Dialect } from '../dialect.ts'
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

export interface MessengerDeps {
  readonly chat: Chat
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly log: Logger
  /** Signs and verifies this dialect's tokens and no other's. */
  readonly tokenKey: string
  readonly clock: Clock
}

const OWN_PATHS = ['/user/', '/chat/', '/message/']

/** REST with bearer tokens. Its clients poll: it has no live connections and no events. */
export function mountMessenger({ chat, limits, addressOf, log, tokenKey, clock }: MessengerDeps): Dialect {
  const app = createDialectApp({
    notFound: (reply) => refuse(reply, notFound()),
    methodNotAllowed: (reply) => refuse(reply, methodNotAllowed()),
    error: (error, _request, reply) => refuse(reply, refusalFor(error) ?? reported(error, log)),
  })
  // Parsed where its errors can be told apart by endpoint; here it stays bytes.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addHook('onRequest', (request, _reply, done) => {
    const wait = limits.take('request', addressOf(request.raw))
    done(wait > 0 ? tooManyRequests(wait) : undefined)
  })

  const credentials = new Credentials(chat.accounts, tokenKey, clock)
  const guards = new Guards(limits, addressOf, credentials)
  for (const { answer, ...route } of requests({ chat, limits, credentials, guards })) {
    app.route({ ...route, handler: async (request, reply) => json(reply, await answer(request)) })
  }
  return {
    name: 'messenger',
    http: app,
    owns: (path) => OWN_PATHS.some((prefix) => path.startsWith(prefix)),
    close: async () => {},
  }
}

const refuse = (reply: FastifyReply, { status, headers, body }: Refusal): FastifyReply =>
  reply.code(status).headers(headers).send(json(reply, body))

/** As bytes, so that Fastify leaves the content type as the framework writes it, without a charset. */
function json(reply: FastifyReply, body: object): Buffer {
  reply.header('content-type', 'application/json')
  return Buffer.from(JSON.stringify(body))
}

function reported(err: Error, log: Logger): Refusal {
  log.error({ err }, 'request failed')
  return internalError()
}
