import type { AccountId, ConversationId } from '../core/chat.ts'
import type { Hold } from './audience.ts'
import type { Audiences } from './audiences.ts'
import { JoinedConversations } from './joined-conversations.ts'
import type { LiveAccountsParts } from './live-accounts.ts'
import type { LiveConnection } from './live-connection.ts'
import { PendingJoin } from './pending-join.ts'
import type { Sink } from './sink.ts'

/** The account as which a connection hears. */
interface Hearer {
  readonly accountId: AccountId
  /** Nothing more is to be heard. */
  readonly isOver: boolean
}

/** The conversations that one connection hears for one account. */
export class HeardConversations {
  readonly #parts: LiveAccountsParts
  readonly #connection: LiveConnection
  readonly #hearer: Hearer
  #pending: readonly PendingJoin[] | undefined
  /** Undefined unless every conversation of the account is heard. */
  #joined: JoinedConversations | undefined

  constructor(parts: LiveAccountsParts, connection: LiveConnection, hearer: Hearer) {
    this.#parts = parts
    this.#connection = connection
    this.#hearer = hearer
  }

  get accountId(): AccountId {
    return this.#hearer.accountId
  }

  has(conversationId: ConversationId): boolean {
    return this.#audiences.has(conversationId, this.#sink)
  }

  /** From here on a leaving cancels the join, for which `ready` is then awaited, and `join` called. */
  prepareJoin(conversationId: ConversationId): PendingJoin {
    const pending = new PendingJoin(this.#audiences, conversationId)
    this.#pending = (this.#pending ?? []).concat(pending)
    return pending
  }

  /** Hears the conversation from now on. Returns false when the account has left meanwhile, or the connection ended. */
  join(pending: PendingJoin): boolean {
    const { conversationId } = pending
    this.#pending = this.#pending?.filter((other) => other !== pending)
    if (this.#pending?.length === 0) this.#pending = undefined
    if (this.#hearer.isOver || pending.isCancelled) return false
    this.#audiences.join(conversationId, this.#sink, { accountId: this.accountId })
    return true
  }

  /** Makes sure that a conversation in which the account is known to be is heard from here on. */
  async ensure(conversationId: ConversationId): Promise<void> {
    if (this.#hearer.isOver || this.has(conversationId)) return
    const pending = this.prepareJoin(conversationId)
    try {
      await pending.ready()
    } catch (error) {
      pending.cancel()
      throw error
    } finally {
      this.join(pending)
    }
  }

  /**
   * As `joinAfter` of `Audiences`. Once the connection has ended nothing is heard, but `read` runs all the same: its
   * request came before.
   */
  async joinAfter<T extends { readonly lastChange: number }>(
    conversationId: ConversationId,
    read: () => Promise<T>,
  ): Promise<{ result: T; begin: () => void }> {
    if (this.#hearer.isOver) return { result: await read(), begin: () => undefined }
    return this.#audiences.joinAfter(conversationId, this.#sink, { accountId: this.accountId, read })
  }

  /** As `hold` of `Audiences`. Undefined once the connection has ended. */
  hold(conversationId: ConversationId): Hold | undefined {
    return this.#hearer.isOver ? undefined : this.#audiences.hold(conversationId, this.#sink, this.accountId)
  }

  /** As `ready` of `Audiences`. */
  ready(conversationId: ConversationId): Promise<void> {
    return this.#audiences.ready(conversationId)
  }

  /** As `allReady` of `Audiences`. */
  allReady(conversationIds: readonly ConversationId[]): Promise<void> | undefined {
    return this.#audiences.allReady(conversationIds)
  }

  /**
   * Hears every conversation of the account, from now on and as they come and go. Resolves once it hears them all. `first`
   * may join some of them in another way before; the account's own are told it, and those that it leaves are deleted.
   */
  async joinAll(first?: (own: ReadonlySet<ConversationId>) => Promise<void>): Promise<void> {
    if (this.#hearer.isOver) return
    const { chat } = this.#parts
    this.#joined = new JoinedConversations({ chat, audiences: this.#audiences }, this.#sink, this)
    await this.#joined.begin(first)
  }

  /** `JoinedConversations` asks whether the connection itself sees to hearing a conversation that is new. */
  arrive(conversationId: ConversationId): boolean {
    if (!this.#connection.onJoined) return false
    this.#connection.onJoined(conversationId)
    return true
  }

  /** The account has become a member, by that change. */
  joined(conversationId: ConversationId, change: number): void {
    this.#joined?.joined(conversationId, change)
  }

  /** Hears the conversation no more. */
  leave(conversationId: ConversationId): void {
    for (const pending of this.#pending ?? []) if (pending.conversationId === conversationId) pending.cancel()
    this.#joined?.left(conversationId)
    const { sink } = this.#connection
    // The connection may be there as another account by now.
    if (sink && this.#parts.audiences?.accountOf(conversationId, sink) === this.accountId)
      this.#audiences.leave(conversationId, sink)
    this.#connection.onLeft?.(conversationId, this.accountId)
  }

  /** The connection hears nothing more, as whichever account. */
  end(): void {
    this.#joined?.end()
    const { sink } = this.#connection
    if (sink) this.#parts.audiences?.leaveAll(sink)
  }

  /** These are the account's conversations now: some may have been joined or left unnoticed. */
  review(conversationIds: ReadonlySet<ConversationId>): void {
    if (this.#joined) this.#joined.review(conversationIds).catch((error) => this.#onError(error))
    else this.#leaveAllBut(conversationIds)
  }

  #onError(error: unknown): void {
    this.#parts.onError(error, this.#connection.requestId)
  }

  get #audiences(): Audiences {
    const { audiences } = this.#parts
    if (!audiences) throw new Error('connections of this dialect hear nothing through audiences')
    return audiences
  }

  get #sink(): Sink {
    const { sink } = this.#connection
    if (!sink) throw new Error('this connection hears nothing through audiences')
    return sink
  }

  #leaveAllBut(conversationIds: ReadonlySet<ConversationId>): void {
    const { audiences } = this.#parts
    const { sink } = this.#connection
    const joined = sink && audiences ? audiences.joinedBy(sink, this.accountId) : []
    const pending = this.#pending?.map(({ conversationId }) => conversationId) ?? []
    for (const conversationId of joined.concat(pending))
      if (!conversationIds.has(conversationId)) this.leave(conversationId)
  }
}
