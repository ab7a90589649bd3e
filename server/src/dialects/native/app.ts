import { Readable } from 'node:stream'
import { OPERATIONS, type Operation } from '@parlance/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { LongAnswers } from '../../answers/index.ts'
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
import type { FileLinks } from '../file-links.ts'
import { Budget } from './budget.ts'
import type { Answer, Asker, Call, Handler, Handlers, Streamed } from './call.ts'
import type { Cors } from './cors.ts'
import type { Credentials } from './credentials.ts'
import { addDocuments } from './documents/routes.ts'
import { refusalFor } from './errors.ts'
import { addFiles } from './files/routes.ts'
import { problemOf, Refusal } from './refusal.ts'
import type { Repeats } from './repeats.ts'
import { RequestReader } from './request-reader.ts'
import { addUploads } from './uploads/routes.ts'
import { loadValidators } from './validator.ts'

interface AppParts {
  readonly chat: Chat
  readonly clock: Clock
  readonly links: FileLinks
  readonly handlers: Handlers
  readonly credentials: Credentials
  readonly cors: Cors
  readonly repeats: Repeats
  readonly limits: Limits
  readonly answers: LongAnswers
  readonly addressOf: AddressOf
  readonly log: Logger
  /** The address that people know the server by, where it is set. */
  readonly publicUrl: URL | undefined
}

const PROBLEM_TYPE = 'application/problem+json'
const JSON_TYPE = 'application/json'

/** The REST API: a route for each operation of the protocol's table. */
export function createApp(parts: AppParts): FastifyInstance {
  const { limits, addressOf, cors, log } = parts
  const refuse = (reply: FastifyReply, refusal: Refusal) => {
    const problem = problemOf(refusal, requestIdOf(reply.request.raw))
    return reply
      .code(refusal.status)
      .headers(refusal.headers)
      .type(PROBLEM_TYPE)
      .send(JSON.stringify(problem))
  }
  const notFound = (reply: FastifyReply) =>
    refuse(reply, new Refusal('not_found', { detail: 'There is no such path.' }))
  const app = createDialectApp({
    notFound,
    methodNotAllowed: (reply, allow) => {
      if (reply.request.method !== 'OPTIONS') return refuse(reply, new Refusal('method_not_allowed'))
      if (cors.isPreflight(reply.request)) return cors.answerPreflight(reply, allow)
      return reply.header('allow', `${allow},OPTIONS`).code(204).send()
    },
    error: (error, _request, reply) => {
      const refusal = refusalFor(error)
      if (!refusal) logFailed(log, error, reply)
      return refuse(reply, refusal ?? new Refusal('internal_error'))
    },
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', requestIdOf(request.raw))
    cors.allow(request, reply)
    const wait = limits.take('request', addressOf(request.raw))
    if (wait > 0) throw new Refusal('rate_limited', { headers: { 'retry-after': String(wait) } })
  })
  addUploads(app, parts)
  addFiles(app, parts)
  addDocuments(app, { publicUrl: parts.publicUrl, notFound })
  for (const [id, operation] of Object.entries(OPERATIONS)) {
    // Each operation has the handler of its own type: `Handlers` says so, which a loop over both cannot.
    const handler = parts.handlers[id as keyof Handlers] as unknown as Handler<Operation>
    addRoute(app, new Route(operation, handler, parts))
  }
  return app
}

function addRoute(app: FastifyInstance, route: Route): void {
  app.route({
    // Node leaves the body of an answer to HEAD away, and Fastify says how long it would be.
    method: route.operation.method === 'GET' ? ['GET', 'HEAD'] : route.operation.method,
    url: route.operation.path.replace(/\{(\w+)\}/g, ':$1'),
    ...(route.handler.maxBodyBytes !== undefined && { bodyLimit: route.handler.maxBodyBytes }),
    onRequest: (request) => route.admit(request),
    handler: (request, reply) => route.answer(request, reply),
  })
}

/** Accounts that have been let in, until their request is answered. */
const ASKERS = new WeakMap<FastifyRequest, Asker>()

/** One operation at its door: who asks, what it costs, what it is asked, and how it is answered. */
class Route {
  readonly operation: Operation
  readonly handler: Handler<Operation>
  readonly #parts: AppParts
  readonly #reader: RequestReader
  readonly #budget: Budget

  constructor(operation: Operation, handler: Handler<Operation>, parts: AppParts) {
    this.operation = operation
    this.handler = handler
    this.#parts = parts
    this.#reader = new RequestReader(operation)
    this.#budget = new Budget(parts.limits, handler.limit ?? 'command')
  }

  /** Before the body is read. */
  async admit(request: FastifyRequest): Promise<void> {
    const loading = loadValidators()
    if (loading) await loading
    const { credentials, addressOf } = this.#parts
    if (!this.operation.isOpen) ASKERS.set(request, await credentials.authenticate(request.raw))
    else this.#budget.check(addressOf(request.raw))
  }

  async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const asker = ASKERS.get(request)
    const call = this.#callOf(request, asker)
    if (asker && this.handler.isLong) return this.#answerLong(call, asker, reply)
    const payer = asker?.account.accountId ?? call.address
    this.#budget.take(reply, payer, this.handler.cost?.(call))
    if (!asker) return send(reply, await this.handler.run(call))
    const running = this.#parts.repeats.runOnce(asker.account.accountId, call.idempotencyKey, () =>
      this.handler.run(call),
    )
    return send(reply, await running)
  }

  async #answerLong(call: Call<Operation>, { account }: Asker, reply: FastifyReply): Promise<FastifyReply> {
    const { answers } = this.#parts
    const { accountId } = account
    return answers.ask(accountId, async () => {
      const answer = await this.handler.run(call)
      if ('pages' in answer) return sendLines(reply, answer)
      const text = 'body' in answer ? JSON.stringify(answer.body) : ''
      answers.charge(accountId, text.length)
      this.#budget.tell(reply, accountId)
      return sendText(reply, answer, text)
    })
  }

  #callOf(request: FastifyRequest, asker: Asker | undefined): Call<Operation> {
    const { headers, raw } = request
    const { params, query, body } = this.#reader.read(request)
    const key = this.operation.isIdempotent ? headers['idempotency-key'] : undefined
    // The reader has checked each part against the schemas from which these types follow.
    return {
      ...{ params, query, body, asker },
      address: this.#parts.addressOf(raw),
      channel: this.#parts.credentials.channelOf(raw),
      ifMatch: headers['if-match'],
      idempotencyKey: key === undefined ? undefined : keyIn(key),
    } as unknown as Call<Operation>
  }
}

const MAX_KEY_LENGTH = 255

function keyIn(header: string | readonly string[]): string {
  if (typeof header === 'string' && /^[\x21-\x7e]{1,255}$/.test(header)) return header
  const detail = `Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} printable ASCII characters.`
  throw new Refusal('invalid_request', { detail })
}

function send(reply: FastifyReply, answer: Answer<Operation>): FastifyReply {
  if ('pages' in answer) return sendLines(reply, answer)
  return sendText(reply, answer, 'body' in answer ? JSON.stringify(answer.body) : '')
}

const LINES_TYPE = 'application/x-ndjson'

/** Reads no further than the client does. */
function sendLines(reply: FastifyReply, { status, pages }: Streamed): FastifyReply {
  const texts: AsyncIterableIterator<string> = {
    [Symbol.asyncIterator]: () => texts,
    next: async () => {
      const { value } = await pages.next()
      if (value === undefined) return { done: true, value: undefined }
      return { done: false, value: value.map((line) => `${JSON.stringify(line)}\n`).join('') }
    },
    return: async () => {
      await pages.return?.()
      return { done: true, value: undefined }
    },
  }
  return reply
    .code(status)
    .type(LINES_TYPE)
    .send(Readable.from(texts, { highWaterMark: 1 }))
}

function sendText(
  reply: FastifyReply,
  { status, headers }: Exclude<Answer<Operation>, Streamed>,
  text: string,
): FastifyReply {
  if (headers) reply.headers(headers)
  reply.code(Number(status))
  return text === '' ? reply.send() : reply.type(JSON_TYPE).send(text)
}
