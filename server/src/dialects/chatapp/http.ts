import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Chat, ChatError } from '../../core/chat.ts'
import { STATUS_CODES } from '../../lib/http.ts'
import type { Logger } from '../../observe/index.ts'
import {
  type AddressOf,
  bodyBytes,
  createDialectApp,
  type Limits,
  logFailed,
  tellRequestId,
} from '../../transport/index.ts'
import { refusePast, requireWithinLimit, retryAfterOf } from '../rate-limit.ts'
import { addCors, answerPreflight, isPreflight } from './cors.ts'
import { type Credentials, TOKEN_TTL_SECONDS } from './credentials.ts'
import { answerTo, BUG, closeReasonOf, HttpRefusal } from './errors.ts'
import type { Origins } from './origins.ts'
import { signIn, signUp } from './sign-in.ts'
import { formatCookie, parseBody, type SameSite } from './wire.ts'

interface HttpParts {
  readonly chat: Chat
  readonly credentials: Credentials
  readonly origins: Origins
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly log: Logger
  readonly sameSite: SameSite
}

/** Other dialects' on the main port, where pages of this one's origins are granted it by this one. */
const OTHERS_PATH = '/login'

/** Everything but the WebSocket: JSON in, plain text out. */
export function createHttp(parts: HttpParts): FastifyInstance {
  const { origins, limits, addressOf, log } = parts
  const app = createDialectApp(
    {
      notFound: (reply) =>
        isPreflight(reply.request) && reply.request.url === OTHERS_PATH
          ? answerPreflight(reply, 'POST', origins)
          : sendText(reply, 404, statusLine(404)),
      methodNotAllowed: (reply, allow) =>
        isPreflight(reply.request)
          ? answerPreflight(reply, allow, origins)
          : sendText(reply, 405, statusLine(405)),
      error: (error, _request, reply) => sendError(reply, error, log),
    },
    { isTypeIgnored: () => true },
  )
  addCors(app, origins)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
    requireWithinLimit(limits.take('request', addressOf(request.raw)))
    if (request.method === 'POST' && !origins.mayLogIn(request.raw)) throw crossSite()
  })
  addRoutes(app, parts)
  return app
}

function addRoutes(app: FastifyInstance, parts: HttpParts): void {
  const { credentials, addressOf, sameSite } = parts
  app.get('/misc/ping', async (_request, reply) => sendText(reply, 200, 'pong'))
  app.post('/register', { onRequest: refusePast('register', parts) }, async (request, reply) => {
    await signUp(fieldsOf(request), addressOf(request.raw), parts)
    return sendText(reply, 201, 'registered')
  })
  app.post('/auth/login', { onRequest: refusePast('login', parts) }, async (request, reply) => {
    const account = await signIn(fieldsOf(request), addressOf(request.raw), parts)
    const cookie = formatCookie(credentials.issue(account), { maxAgeSeconds: TOKEN_TTL_SECONDS, sameSite })
    reply.header('set-cookie', cookie).header('cache-control', 'no-store')
    return sendText(reply, 202, 'login successful')
  })
  app.get('/auth/verify', async ({ headers, raw }, reply) => {
    const identity = await credentials.identify({ cookies: headers.cookie, address: addressOf(raw) })
    reply.header('cache-control', 'no-store')
    if (identity.kind === 'account') return sendText(reply, 200, `Hello, ${identity.account.username}`)
    // Over HTTP an account that is gone is not told from a token that never was.
    return sendText(reply, 401, closeReasonOf(identity.kind === 'gone' ? { kind: 'invalid' } : identity))
  })
  app.get('/ws', async (_request, reply) => sendText(reply, 400, '400: Only WebSocket handshakes here'))
}

const fieldsOf = (request: FastifyRequest) =>
  parseBody(bodyBytes(request)) ?? raise(new HttpRefusal(400, 'not a valid json'))

const crossSite = () =>
  new HttpRefusal(403, 'pages of other sites may not log in, but those of CORS_ALLOW_ORIGIN')

function raise(error: Error): never {
  throw error
}

const statusLine = (status: number): string => `${status}: ${STATUS_CODES[status]}`

function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  if (status >= 400) tellRequestId(reply)
  return reply.code(status).type('text/plain; charset=utf-8').send(text)
}

function sendError(reply: FastifyReply, error: Error & { statusCode?: number }, log: Logger): FastifyReply {
  if (error instanceof HttpRefusal) {
    if (error.status >= 500) logFailed(log, error.cause ?? error, reply)
    return sendText(reply, error.status, error.message)
  }
  if (error instanceof ChatError) {
    const { status, text } = answerTo(error)
    if (status === 429 || status === 503) reply.header('retry-after', retryAfterOf(error))
    return sendText(reply, status, text)
  }
  const { statusCode = 500 } = error
  if (statusCode >= 400 && statusCode < 500) return sendText(reply, statusCode, statusLine(statusCode))
  logFailed(log, error, reply)
  return sendText(reply, BUG.status, BUG.text)
}
