import type { Account, ConversationId } from '../../core/chat.ts'
import { LiveAccount, type LiveAccounts, type LiveConnection, type Sink } from '../../delivery/index.ts'
import { type SocketIoConnection, socketIoFrame } from '../../transport/index.ts'
import { RememberedStandings } from '../remembered-standings.ts'
import { userNotAuthorized } from './errors.ts'
import { passwordRequired } from './identity.ts'
import type { WireAnswer } from './wire.ts'

/** A read of the log, and what to do once its answer is on its way: then the live messages follow. */
interface Entered<T> {
  readonly result: T
  readonly begin: () => void
}

/** Groups whose standing a socket remembers: a client that sends to more of them has them looked up again. */
const MAX_REMEMBERED = 64

/** One socket: who it speaks as, and which group it is in. At most one of each. */
export class Session implements LiveConnection {
  readonly connection: SocketIoConnection
  readonly #liveAccounts: LiveAccounts
  #account: Account | undefined
  #live: LiveAccount | undefined
  #groupId: ConversationId | undefined
  /** By the name that the client calls a group. */
  readonly standings = new RememberedStandings<string>(MAX_REMEMBERED)
  #hasEnded = false

  constructor(connection: SocketIoConnection, liveAccounts: LiveAccounts) {
    this.connection = connection
    this.#liveAccounts = liveAccounts
  }

  /** As it was when the socket was bound. */
  get account(): Account | undefined {
    return this.#account
  }

  get groupId(): ConversationId | undefined {
    return this.#groupId
  }

  get requestId(): string {
    return this.connection.requestId
  }

  get sink(): Sink {
    return this.connection.sink
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Returns how many bytes the frame has. */
  emit({ event, payload }: WireAnswer): number {
    const frame = socketIoFrame(event, payload)
    this.connection.sink.send(frame)
    return frame.bytes.length
  }

  /** From now on the socket speaks as this account and ends with its credentials. */
  async bind(account: Account): Promise<void> {
    this.#live = new LiveAccount(this.#liveAccounts, account, this)
    if ((await this.#live.open()) === 'revoked') throw passwordRequired()
    this.#account = account
  }

  /** In the group once `begin` is called, and out of the one it was in before. If `read` fails nothing changes. */
  async enter<T extends { readonly lastChange: number }>(
    conversationId: ConversationId,
    read: () => Promise<T>,
  ): Promise<Entered<T>> {
    const live = this.#live
    if (!live) throw new Error('only a bound socket enters a group')
    const { result, begin } = await live.conversations.joinAfter(conversationId, read)
    if (this.#groupId !== conversationId) this.leave(this.#groupId)
    // Not if the account has lost its place meanwhile.
    this.#groupId = live.conversations.has(conversationId) ? conversationId : undefined
    return { result, begin }
  }

  leave(conversationId: ConversationId | undefined): void {
    if (conversationId !== undefined) this.#live?.conversations.leave(conversationId)
  }

  /** The socket is gone, or about to go. */
  async end(): Promise<void> {
    this.#hasEnded = true
    this.#groupId = undefined
    await this.#live?.end()
  }

  onReviewed(): void {
    this.standings.forgetAll()
  }

  onLeft(conversationId: ConversationId): void {
    this.standings.forgetAll()
    if (this.#groupId === conversationId) this.#groupId = undefined
  }

  onRevoked(): void {
    this.emit(userNotAuthorized('Logged out.'))
    this.connection.disconnect()
  }
}
