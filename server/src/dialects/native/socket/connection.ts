import type { Resume } from '@parlance/protocol'
import type { Chat, ConversationId, SessionId } from '../../../core/chat.ts'
import {
  type AccountNews,
  type AnsweringSink,
  LiveAccount,
  type LiveAccounts,
  type LiveConnection,
} from '../../../delivery/index.ts'
import { owned } from '../../../lib/guard.ts'
import { runAfter } from '../../../lib/timers.ts'
import type { Logger } from '../../../observe/index.ts'
import { Inbox, type InboxOwner, type PendingWrite, type WsConnection } from '../../../transport/index.ts'
import type { Asker } from '../call.ts'
import type { Credentials } from '../credentials.ts'
import { CLOSE, refusalFor } from '../errors.ts'
import { conversationName } from '../names.ts'
import { loadValidators } from '../validator.ts'
import { goodbyeFrame } from './frames.ts'
import type { Caller } from './handshake.ts'
import { Opening, type OpeningParts } from './opening.ts'
import { OwnNews, type OwnNewsParts } from './own-news.ts'
import { RequestDesk, type RequestDeskParts } from './request-desk.ts'
import { BadFrame, helloIn } from './request-frames.ts'
import { payFor } from './requests.ts'
import type { SessionUse } from './session-uses.ts'
import { Watch, type WatchParts } from './watch.ts'

export interface ConnectionParts
  extends Omit<RequestDeskParts & OpeningParts & OwnNewsParts & WatchParts, 'chat'> {
  readonly chat: Chat
  readonly liveAccounts: LiveAccounts
  readonly credentials: Credentials
  readonly log: Logger
  /** The client has said who it is. */
  readonly onKnown: (ws: WsConnection) => void
}

type Close = (typeof CLOSE)[keyof typeof CLOSE]

const HELLO_MS = 10_000
/** Requests that a hello counts as: it is answered with fifty listings. */
const HELLO_COST = 10
/** UTF-8 bytes that a close frame has room for, beside its code. */
const MAX_REASON = 123

interface Known {
  readonly asker: Asker
  readonly live: LiveAccount
  readonly news: OwnNews
  readonly watch: Watch
  readonly desk: RequestDesk
}

/** One WebSocket of one account, one of perhaps several. */
export class Connection implements LiveConnection, InboxOwner<string> {
  readonly sink: AnsweringSink
  sessionId?: SessionId
  /** Undefined before the hello. */
  use: SessionUse | undefined
  readonly #ws: WsConnection
  readonly #parts: ConnectionParts
  readonly #inbox: Inbox<string>
  /** Until the hello. */
  #caller: Caller | undefined
  #helloTimer: NodeJS.Timeout | undefined
  #known: Known | undefined
  /** Settles once the connection is live, or is not to be. */
  #opening: Promise<void> | undefined
  #isOver = false
  #hasHeardGoodbye = false

  constructor(ws: WsConnection, caller: Caller, parts: ConnectionParts) {
    this.sink = ws.sink
    this.#ws = ws
    this.#caller = caller
    this.#parts = parts
    this.#inbox = new Inbox(this, ws)
    this.#helloTimer = runAfter(HELLO_MS, () => this.#close(CLOSE.helloExpected)).unref()
  }

  receive(text: string): void {
    this.#inbox.push(text)
  }

  /** Every frame is JSON in text. */
  refuseBinary(): void {
    this.#close(CLOSE.badFrame, '# is no text')
  }

  onError(error: unknown): void {
    if (error instanceof BadFrame) this.#close(CLOSE.badFrame, error.message)
    else this.logError(error, 'frame failed')
  }

  get requestId(): string {
    return this.#ws.requestId
  }

  /** Logs an error with the id of the connection. */
  logError(err: unknown, message: string): void {
    this.#parts.log.error({ err, requestId: this.requestId }, message)
  }

  get hasEnded(): boolean {
    return this.#isOver
  }

  onNews(news: AccountNews): void {
    this.#known?.news.hear(news)
  }

  onJoined(conversationId: ConversationId): void {
    this.#known?.news.arrive(conversationId)
  }

  onLeft(conversationId: ConversationId): void {
    this.#known?.desk.forgetStanding(conversationName(conversationId))
    this.#known?.watch.leave(conversationId)
  }

  onReviewed(): void {
    this.#known?.desk.forgetStandings()
    this.#known?.news.review()
  }

  onRevoked(): void {
    this.#close(CLOSE.revoked)
  }

  /** The server will close it, and takes it back after so many milliseconds. It is told once. */
  sayGoodbye(reconnectIn: number): void {
    if (this.#isOver || this.#hasHeardGoodbye) return
    this.#hasHeardGoodbye = true
    this.#ws.sendFrame(goodbyeFrame(reconnectIn))
  }

  /** It comes back and resumes: what may have been stored is then told in its place, or is not there. */
  onDoubt(): void {
    // Once the requests have been answered whose outcome nobody knows.
    owned(
      'task',
      Promise.resolve().then(() => this.#close(CLOSE.unavailable)),
      this,
    )
  }

  /** The socket is gone. Settles when nobody takes the account for present because of it. */
  async end(): Promise<void> {
    this.#stop()
    await this.#opening
    await this.#known?.live.end()
  }

  handle(text: string): Promise<PendingWrite | undefined> | PendingWrite | undefined {
    if (this.#isOver) return undefined
    if (!this.#known) return this.#greet(text)
    if (this.#ws.isCrowded) return this.#handleLater(text)
    return this.#known.desk.handle(text)
  }

  async #handleLater(text: string): Promise<PendingWrite | undefined> {
    await this.#ws.drained()
    return this.#isOver ? undefined : this.#known?.desk.handle(text)
  }

  /** Resolves once the client has been told that it is known: its requests wait for that. */
  async #greet(text: string): Promise<undefined> {
    const loading = loadValidators()
    if (loading) await loading
    if (this.#isOver) return
    const hello = helloIn(text)
    if (!hello) return this.#close(CLOSE.helloExpected)
    const { address = '', secret } = this.#caller ?? {}
    clearTimeout(this.#helloTimer)
    this.#caller = undefined
    this.#helloTimer = undefined
    this.#parts.onKnown(this.#ws)
    try {
      const asker = await this.#parts.credentials.identify(hello.token ?? secret, address)
      payFor(this.#parts.limits, 'command', asker, HELLO_COST)
      if (!this.#isOver) await this.#open(asker, address, hello.resume)
    } catch (error) {
      this.#refuse(error)
    }
  }

  async #open(asker: Asker, address: string, resume: Resume | undefined): Promise<void> {
    const parts = this.#parts
    const ws = this.#ws
    const { accountId } = asker.account
    const { sessionId } = asker.session
    this.sessionId = sessionId
    this.use = { accountId, sessionId, notedAtMs: performance.now() }
    const live = new LiveAccount(parts.liveAccounts, asker.account, this)
    const news = new OwnNews(parts, { accountId, live, ws })
    const watch = new Watch(parts, { accountId, ws })
    const desk = new RequestDesk(parts, {
      // No closure of this function: it would keep what the opening needs, the resumption of hundreds of conversations too.
      ...{ asker, address, ws, watch, live, inbox: this.#inbox },
    })
    this.#known = { asker, live, news, watch, desk }
    const ready = Promise.withResolvers<void>()
    const opening = new Opening(parts, { asker, live, ws, news, resume })
    this.#opening = live
      .open(() => opening.run(ready.resolve))
      .then(
        (opened) => {
          if (opened === 'revoked') this.#close(CLOSE.revoked)
        },
        (error) => this.#refuse(error),
      )
      .finally(ready.resolve)
    await ready.promise
  }

  #refuse(error: unknown): void {
    const code = refusalFor(error)?.code
    if (code === 'not_authorized') this.#close(CLOSE.notAuthorized)
    else if (code === 'rate_limited') this.#close(CLOSE.rateLimited)
    else if (code === 'unavailable' || code === 'busy') this.#close(CLOSE.unavailable)
    else {
      this.logError(error, 'connection failed to open')
      this.#close(CLOSE.failed)
    }
  }

  /** Neither answers nor hears anything any more. */
  #stop(): void {
    this.#isOver = true
    clearTimeout(this.#helloTimer)
    this.#inbox.clear()
    this.#known?.watch.end()
    this.#known?.live.stop()
  }

  #close({ code, reason }: Close, why?: string): undefined {
    if (this.#isOver) return
    this.#stop()
    const text = why === undefined ? reason : `${reason}: ${why}`
    this.#ws.close(
      code,
      Buffer.from(text)
        .subarray(0, MAX_REASON)
        .toString()
        .replace(/\ufffd+$/, ''),
    )
  }
}
