import type { FastifyRequest } from 'fastify'
import type { LongAnswers } from '../../answers/index.ts'
import type { Account } from '../../core/chat.ts'
import { type AddressOf, bodyBytes, type LimitKind, type Limits } from '../../transport/index.ts'
import { refusePast, requireWithinLimit } from '../rate-limit.ts'
import type { Credentials } from './credentials.ts'
import { alreadyAuthenticated, notFound } from './errors.ts'
import type { RawRequest } from './request.ts'

export interface Endpoint {
  readonly method: string
  readonly url: string
  /** Bytes, when a body may be longer than those of most. */
  readonly bodyLimit?: number
  /** Refuses a request before its body is read. */
  readonly onRequest?: (request: FastifyRequest) => Promise<void>
  /** The body of the 200. Throws or rejects with whatever else is answered. */
  readonly answer: (request: FastifyRequest) => Promise<object>
}

interface Work<Who, Command> {
  readonly takes: (raw: RawRequest) => Command
  readonly run: (who: Who, command: Command) => Promise<object>
}

interface Costly<Command> {
  readonly limit?: LimitKind
  /** How many ordinary requests it counts as; 1 when absent. */
  readonly cost?: (command: Command) => number
  /** Requests of one account run one after the other: `run` charges more for each by what comes of it. */
  readonly isInTurn?: true
  readonly bodyLimit?: number
}

interface GuardsParts {
  readonly limits: Limits
  readonly answers: LongAnswers
  readonly addressOf: AddressOf
  readonly credentials: Credentials
}

type LongRun<Command> = (who: Account, command: Command) => Promise<Buffer>

/** Puts what every request must pass before the work that is its own. */
export class Guards {
  readonly #limits: Limits
  readonly #addressOf: AddressOf
  readonly #answers: LongAnswers
  readonly #credentials: Credentials

  constructor({ limits, answers, addressOf, credentials }: GuardsParts) {
    this.#limits = limits
    this.#answers = answers
    this.#addressOf = addressOf
    this.#credentials = credentials
  }

  /** For people without a token, known by their address: a token is refused before anything else is looked at. */
  loggedOut<Command>(
    route: string,
    { limit, takes, run }: Work<string, Command> & { readonly limit: LimitKind },
  ): Endpoint {
    const limits = this.#limits
    const addressOf = this.#addressOf
    const refuseIfPast = refusePast(limit, { limits, addressOf })
    const answering = endpoint(route, async (request) => {
      const command = takes(rawOf(request))
      const address = addressOf(request.raw)
      requireWithinLimit(limits.take(limit, address))
      return run(address, command)
    })
    const onRequest = async (request: FastifyRequest) => {
      if (request.headers.authorization !== undefined) throw alreadyAuthenticated()
      await refuseIfPast(request)
    }
    return { ...answering, onRequest }
  }

  /** For the bearer of a valid token; the 401 comes before what is wrong with the request. */
  loggedIn<Command>(
    route: string,
    { limit = 'command', cost, isInTurn, bodyLimit, takes, run }: Work<Account, Command> & Costly<Command>,
  ): Endpoint {
    const answering = endpoint(route, async (request) => {
      const { headers, raw } = request
      const account = await this.#credentials.authenticate(headers.authorization, this.#addressOf(raw))
      const command = takes(rawOf(request))
      const { accountId } = account
      const answer = async () => {
        requireWithinLimit(this.#limits.take(limit, accountId, cost?.(command)))
        return run(account, command)
      }
      return isInTurn ? this.#answers.inTurn(accountId, answer) : answer()
    })
    return bodyLimit === undefined ? answering : { ...answering, bodyLimit }
  }

  /** Like `loggedIn`, for requests that may have a long answer: `run` makes its JSON. */
  long<Command>(
    route: string,
    { takes, run }: { takes: Work<Account, Command>['takes']; run: LongRun<Command> },
  ): Endpoint {
    return endpoint(route, async (request) => {
      const { headers, raw } = request
      const account = await this.#credentials.authenticate(headers.authorization, this.#addressOf(raw))
      const command = takes(rawOf(request))
      const { accountId } = account
      return this.#answers.ask(accountId, async () =>
        this.#answers.whole(accountId, await run(account, command)),
      )
    })
  }
}

function endpoint(route: string, answer: Endpoint['answer']): Endpoint {
  const [method = '', url = ''] = route.split(' ')
  const parameter = /:(\w+)/.exec(url)?.[1]
  if (parameter === undefined) return { method, url, answer }
  return {
    method,
    url,
    answer: (request) => {
      // Fastify takes `/chat/` for a chat without an id; the framework has no such route.
      if (rawOf(request).path[parameter] === '') throw notFound()
      return answer(request)
    },
  }
}

// Fastify gives path and query as records.
const rawOf = (request: FastifyRequest): RawRequest => ({
  path: request.params as RawRequest['path'],
  query: request.query as RawRequest['query'],
  contentType: request.headers['content-type'],
  body: bodyBytes(request),
})
