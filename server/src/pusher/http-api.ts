import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Clock, secondsOf } from '../lib/clock.ts'
import type { Logger } from '../observe/index.ts'
import { bodyBytes, createDialectApp, logFailed } from '../transport/index.ts'
import { authenticate, type SignedQuery } from './api-auth.ts'
import { ApiError } from './api-error.ts'
import { type ApiRoutesDeps, addRoutes, type Params, type Route } from './api-routes.ts'
import type { PusherCredentials } from './publisher.ts'
import { QUOTAS } from './quotas.ts'
import { isSame, md5, type Signatures } from './signatures.ts'

interface HttpApiDeps extends ApiRoutesDeps {
  readonly credentials: PusherCredentials
  readonly signatures: Signatures
  readonly clock: Clock
  readonly log: Logger
}

/** Pusher's HTTP API. Every request is signed; one that is not is refused before its body is read. */
export function createHttpApi(deps: HttpApiDeps): FastifyInstance {
  const { credentials, signatures, clock, log } = deps
  const app = createDialectApp(
    {
      notFound: (reply) => text(reply, 404, 'Not found'),
      methodNotAllowed: (reply) => text(reply, 405, 'Method not allowed'),
      error: (error, _request, reply) => answerError(error, reply, log),
    },
    { maxBytes: QUOTAS.bodyBytes },
  )
  const verified = new WeakMap<FastifyRequest, SignedQuery>()
  app.addHook<{ Params: Params }>('onRequest', async (request) => {
    // Unknown paths are answered 404 before the signature is checked.
    if (request.is404) return
    verified.set(request, authenticate(request, signatures, secondsOf(clock.nowMicros())))
    if (request.params.app_id !== credentials.appId)
      throw new ApiError(401, 'The key does not belong to this app')
  })
  const route: Route = (method, url, run) => {
    app.route<{ Params: Params }>({
      method,
      url: `/apps/:app_id${url}`,
      handler: async (request) => {
        const signed = verified.get(request)
        if (!signed) throw new Error('the request was not authenticated')
        const body = bodyBytes(request) ?? NO_BODY
        if (body.length > 0 && !isSame(signed.bodyMd5 ?? '', md5(body)))
          throw new ApiError(401, 'Invalid body_md5')
        return run({ path: request.params, query: signed.params, body: body.toString() })
      },
    })
  }
  addRoutes(route, deps)
  return app
}

const NO_BODY = Buffer.alloc(0)

function answerError(error: Error, reply: FastifyReply, log: Logger): unknown {
  if (error instanceof ApiError) return text(reply, error.status, error.message)
  // Fastify's own refusals of a body.
  const status = 'statusCode' in error ? error.statusCode : undefined
  if (status === 413) return text(reply, 413, 'The request is too large')
  if (typeof status === 'number' && status >= 400 && status < 500) return text(reply, 400, 'Bad request')
  logFailed(log, error, reply)
  return text(reply, 500, 'Internal error')
}

const text = (reply: FastifyReply, status: number, message: string): unknown =>
  reply
    .code(status)
    .header('x-content-type-options', 'nosniff')
    .type('text/plain; charset=utf-8')
    .send(`${message}\n`)
