import { Begun, type Block, Histories, type LongAnswers, listPieces } from '../../answers/index.ts'
import type { Chat } from '../../core/chat.ts'
import { costOfText, type LimitKind, type Limits } from '../../transport/index.ts'
import type { FileLines } from '../file-lines.ts'
import { requireWithinLimit } from '../rate-limit.ts'
import { signIn } from '../sign-in.ts'
import { REFUSALS, Refusal, type WireError } from './errors.ts'
import type { RoomAccess } from './room-access.ts'
import * as wire from './wire.ts'

/** One HTTP request: the JSON of its body, or its query. */
interface Call {
  readonly given: unknown
  /** From the header; empty when there is none. */
  readonly secret: string
  readonly address: string
}

/** The answer's `data`, or a whole answer that is too long to be made at once. */
export type Data = object | undefined | Begun

interface Request {
  readonly method: 'GET' | 'POST'
  /** The limit by address that this request counts against. */
  readonly limit?: LimitKind
  run(requests: Requests, call: Call): Promise<Data>
}

/** The requests over HTTP. The requester is checked before the request. */
export const REQUESTS: ReadonlyMap<string, Request> = new Map([
  [
    '/register',
    byAnyone(
      'register',
      wire.parseRegistration,
      REFUSALS.malformedRegister,
      (requests, registration, { address }) => requests.register(registration, address),
    ),
  ],
  [
    '/login',
    byAnyone('login', wire.parseLogin, REFUSALS.malformedLogin, (requests, login, { address }) =>
      requests.logIn(login, address),
    ),
  ],
  [
    '/create-room',
    byVisitor('POST', wire.parseAnything, (requests, _given, { visitor }) => requests.createRoom(visitor)),
  ],
  [
    '/send-message',
    byVisitor('POST', wire.parsePost, (requests, post, { visitor, address }) =>
      requests.sendMessage(visitor, post, address),
    ),
  ],
  [
    '/get-room-history',
    byVisitor('GET', wire.parseHistoryQuery, (requests, query, { visitor, address }) =>
      requests.readHistory(visitor, query, address),
    ),
  ],
])

function byAnyone<Input>(
  limit: LimitKind,
  parse: (given: unknown) => Input | undefined,
  malformed: WireError,
  run: (requests: Requests, input: Input, call: Call) => Promise<Data>,
): Request {
  return {
    method: 'POST',
    limit,
    async run(requests, call) {
      return run(requests, required(parse(call.given), malformed), call)
    },
  }
}

function byVisitor<Input>(
  method: Request['method'],
  parse: (given: unknown) => Input | undefined,
  run: (requests: Requests, input: Input, call: Call & { visitor: wire.Visitor }) => Promise<Data>,
): Request {
  return {
    method,
    async run(requests, call) {
      const visitor = await requests.identify(call)
      return run(requests, required(parse(call.given), REFUSALS.malformedSend), { ...call, visitor })
    },
  }
}

function required<Input>(input: Input | undefined, malformed: WireError): Input {
  if (input === undefined) throw new Refusal(malformed)
  return input
}

interface RequestsOptions {
  readonly chat: Chat
  readonly limits: Limits
  readonly access: RoomAccess
  readonly answers: LongAnswers
  readonly lines: FileLines
  /** Messages a history has at most; 0 for all. */
  readonly historyLimit: number
}

/** Turns requests into commands. */
export class Requests {
  readonly #chat: Chat
  readonly #limits: Limits
  readonly #access: RoomAccess
  readonly #answers: LongAnswers
  readonly #histories: Histories
  readonly #lines: FileLines
  readonly #historyLimit: number

  constructor({ chat, lines, limits, access, answers, historyLimit }: RequestsOptions) {
    this.#chat = chat
    this.#limits = limits
    this.#access = access
    this.#lines = lines
    this.#answers = answers
    this.#histories = new Histories(chat.messages)
    this.#historyLimit = historyLimit === 0 ? Infinity : historyLimit
  }

  async identify({ secret, address }: Pick<Call, 'secret' | 'address'>): Promise<wire.Visitor> {
    return { account: await this.#access.identify(secret, address), secret }
  }

  async register({ login, password, username }: wire.Registration, address: string): Promise<undefined> {
    requireWithinLimit(this.#limits.take('register', address))
    const named = { username: login, displayName: username }
    await this.#chat.accounts.register({ ...named, password, from: address, isFromMd5Client: true })
  }

  async logIn({ login, password }: wire.Login, address: string): Promise<Data> {
    requireWithinLimit(this.#limits.take('login', address))
    const attempt = { login, password, by: 'username', from: address, isFromMd5Client: true } as const
    const account = await signIn(this.#chat, this.#limits, attempt)
    return { username: account.displayName, uuid: await this.#access.openSession(account) }
  }

  async createRoom({ account }: wire.Visitor): Promise<Data> {
    requireWithinLimit(this.#limits.take('create', account.accountId))
    const { conversation } = await this.#chat.conversations.createOpen(account.accountId, null)
    return { room_gid: conversation.gid }
  }

  async sendMessage(
    { account }: wire.Visitor,
    { gid, body }: wire.Post,
    address: string,
  ): Promise<undefined> {
    requireWithinLimit(this.#limits.take('send', account.accountId, costOfText(body)))
    const standing = await this.#access.enter(account, gid, address)
    await this.#chat.messages.send(account, standing, { body })
  }

  readHistory(visitor: wire.Visitor, query: wire.HistoryQuery, address: string): Promise<Data> {
    const { accountId } = visitor.account
    return this.#answers.ask(accountId, async () => {
      const { conversation } = await this.#access.enter(visitor.account, query.gid, address)
      const blocks = this.#histories.read({
        conversation,
        before: query.before ?? Infinity,
        limit: Math.min(query.limit ?? Infinity, this.#historyLimit),
        write: (message) => wire.writeMessage(this.#lines.shown(message)),
      })
      const pieces = listPieces(bytesOf(visitor, blocks), ['{"ok":true,"data":[', ']}'])
      return Begun.from(this.#answers.charged(accountId, pieces))
    })
  }
}

async function* bytesOf(visitor: wire.Visitor, blocks: AsyncIterable<Block>): AsyncGenerator<Buffer> {
  for await (const block of blocks) yield wire.bytesFor(visitor, block)
}
