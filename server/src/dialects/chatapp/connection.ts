import type { AnswerCache, Json, LongAnswers } from '../../answers/index.ts'
import type { Account, Chat, ConversationId } from '../../core/chat.ts'
import {
  type AccountReview,
  type AnsweringSink,
  LiveAccount,
  type LiveAccounts,
  type LiveConnection,
} from '../../delivery/index.ts'
import type { Deadline, Deadlines } from '../../lib/deadlines.ts'
import { type JsonObject, own } from '../../lib/json.ts'
import type { Logger } from '../../observe/index.ts'
import {
  Inbox,
  type InboxOwner,
  type Limits,
  type PendingWrite,
  type WsConnection,
} from '../../transport/index.ts'
import type { FileLines } from '../file-lines.ts'
import type { Caller, Credentials, Stranger } from './credentials.ts'
import { CLOSE, closeReasonOf } from './errors.ts'
import { renderStatus } from './events.ts'
import { RequestContext } from './request-context.ts'
import { answer } from './requests.ts'
import { SEND_MESSAGE, sendMessage } from './sends.ts'
import { parseEvent } from './wire.ts'

export interface ConnectionParts {
  readonly chat: Chat
  readonly lines: FileLines
  readonly liveAccounts: LiveAccounts
  readonly credentials: Credentials
  readonly limits: Limits
  readonly answers: LongAnswers
  /** Pages of messages, and lists of members. */
  readonly cache: AnswerCache<Json>
  readonly log: Logger
  /** Undefined when a connection outlives its token. */
  readonly deadlines: Deadlines | undefined
}

/** One WebSocket of one account, one of perhaps several. */
export class Connection implements LiveConnection, InboxOwner<string> {
  readonly sink: AnsweringSink
  readonly #ws: WsConnection
  readonly #parts: ConnectionParts
  readonly #inbox: Inbox<string>
  /** Settles once the peer is known and hears what concerns it; undefined when it was refused. */
  readonly #context: Promise<RequestContext | undefined>
  /** As `#context` once it has settled. */
  #known: RequestContext | undefined
  #account: Account | undefined
  #live: LiveAccount | undefined
  #deadline: Deadline | undefined
  #isOver = false

  constructor(ws: WsConnection, caller: Caller, parts: ConnectionParts) {
    this.sink = ws.sink
    this.#ws = ws
    this.#parts = parts
    this.#inbox = new Inbox(this, ws)
    this.#context = this.#open(caller).catch((err) => {
      this.logError(err, 'connection failed to open')
      this.#stop()
      ws.close(CLOSE.unavailable.code, CLOSE.unavailable.reason)
      return undefined
    })
  }

  receive(text: string): void {
    this.#inbox.push(text)
  }

  onError(err: unknown): void {
    this.logError(err, 'frame failed')
  }

  /** The socket is gone. Settles when nobody takes the peer for present because of it. */
  async end(): Promise<void> {
    this.#stop()
    await this.#context
    await this.#live?.end()
  }

  get requestId(): string {
    return this.#ws.requestId
  }

  get hasEnded(): boolean {
    return this.#isOver
  }

  async listen(conversationId: ConversationId): Promise<void> {
    await this.#live?.conversations.ensure(conversationId)
  }

  leave(conversationId: ConversationId): void {
    this.#live?.conversations.leave(conversationId)
  }

  onLeft(conversationId: ConversationId): void {
    this.#known?.standings.forget(conversationId)
  }

  onRevoked(): void {
    this.#logOut()
  }

  #logOut(): undefined {
    this.#stop()
    this.#sayGoodbye().catch((err) => {
      this.logError(err, 'revoked account not found')
      this.#refuse({ kind: 'invalid' })
    })
  }

  onReviewed({ isAfterOutage }: AccountReview): void {
    this.#known?.standings.forgetAll()
    // A connection on its way in has seen no contacts yet.
    if (isAfterOutage && this.#known) this.#tellOfContacts().catch((err) => this.onError(err))
  }

  async #open(caller: Caller): Promise<RequestContext | undefined> {
    const { answers, credentials, liveAccounts, deadlines } = this.#parts
    const identity = await credentials.identify(caller)
    if (this.#isOver) return undefined
    if (identity.kind !== 'account') return this.#refuse(identity)
    const { account, expiresAt } = identity
    this.#account = account
    this.#deadline = deadlines?.add(expiresAt, () => this.#refuse({ kind: 'invalid' }))
    const live = new LiveAccount(liveAccounts, account, this)
    this.#live = live
    // Connections of one account join one after the other: each may have thousands of conversations to join.
    const opened = await live.open(() =>
      answers.inTurn(account.accountId, () => live.conversations.joinAll()),
    )
    if (this.#isOver) return undefined
    if (opened === 'revoked') return this.#logOut()
    this.#known = new RequestContext(this.#parts, account, this)
    return this.#known
  }

  /** Once the peer is known there is nothing to wait for, not even a turn. */
  handle(text: string): Promise<PendingWrite | undefined> | PendingWrite | undefined {
    if (!this.#known || this.#ws.isCrowded) return this.#handleLater(text)
    return this.#isOver ? undefined : this.#answer(this.#known, text)
  }

  async #handleLater(text: string): Promise<PendingWrite | undefined> {
    const context = this.#known ?? (await this.#context)
    if (this.#ws.isCrowded) await this.#ws.drained()
    return !context || this.#isOver ? undefined : this.#answer(context, text)
  }

  #answer(context: RequestContext, text: string): Promise<PendingWrite | undefined> | PendingWrite {
    const fields = parseEvent(text)
    if (fields && own(fields, 'type') === SEND_MESSAGE) return sendMessage(context, fields, this.#parts)
    return this.#answerAfterSends(context, fields)
  }

  async #answerAfterSends(context: RequestContext, fields: JsonObject | undefined): Promise<undefined> {
    await this.#inbox.settled()
    const reply = await answer(context, fields, this.#parts)
    if (reply !== undefined) this.#reply(reply)
  }

  /** The request's context calls this. */
  answerSend(text: string): void {
    this.sink.seal()
    this.#reply(text)
  }

  #reply(text: string): void {
    if (!this.#isOver) this.#ws.send(text)
  }

  /** Neither answers nor hears anything any more. */
  #stop(): void {
    this.#isOver = true
    this.#deadline?.cancel()
    this.#inbox.clear()
    this.#live?.stop()
  }

  /** Nobody here was told which contacts came or went during an outage. */
  async #tellOfContacts(): Promise<void> {
    const { contacts, presence } = this.#parts.chat
    await presence.settled()
    if (!this.#account || this.#isOver) return
    const { accountId } = this.#account
    const all = await contacts.list(accountId)
    const online = await presence.onlineAmong(
      accountId,
      all.map((contact) => contact.accountId),
    )
    for (const contact of all) {
      if (this.#isOver) return
      this.sink.send(renderStatus(contact, online.has(contact.accountId)))
    }
  }

  /** Logs an error with the id of the connection. */
  logError(err: unknown, message: string): void {
    this.#parts.log.error({ err, requestId: this.requestId }, message)
  }

  /** A disabled account is gone; another can sign in again. */
  async #sayGoodbye(): Promise<void> {
    if (!this.#account) return
    const { accountId, username } = this.#account
    const isThere = await this.#parts.chat.accounts.find(accountId)
    this.#refuse(isThere ? { kind: 'invalid' } : { kind: 'gone', username })
  }

  #refuse(stranger: Stranger): undefined {
    this.#stop()
    this.#ws.close(CLOSE.refused, closeReasonOf(stranger))
  }
}
