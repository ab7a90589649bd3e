import { setTimeout } from 'node:timers/promises'
import { type AccountId, type Chat, type ConversationId, isStoreFailure } from '../core/chat.ts'
import { pause } from '../lib/slices.ts'
import type { Audiences } from './audiences.ts'
import type { Sink } from './sink.ts'

/** Conversations, of perhaps thousands, that an account joins before others have their turn. */
const JOINED_AT_ONCE = 100
/** Milliseconds between two tries while the database is away. */
const RETRY_MS = 1_000

interface JoinedParts {
  readonly chat: Pick<Chat, 'conversations' | 'changes'>
  readonly audiences: Audiences
}

interface Member {
  readonly accountId: AccountId
  /** The account has left; the sink must receive no more of the conversation. */
  leave(conversationId: ConversationId): void
  /** Whether the sink is made to hear a conversation that is new in another way than from its joining on. */
  arrive(conversationId: ConversationId): boolean
}

/** Keeps one connection hearing all conversations of its account, without a gap however these come and go. */
export class JoinedConversations {
  readonly #parts: JoinedParts
  readonly #sink: Sink
  readonly #member: Member
  /** Those left while the conversations were being joined; undefined once that is done. */
  #leftMeanwhile: Set<ConversationId> | undefined = new Set()
  /** All, while they are being joined, but for those left meanwhile. */
  #own: Set<ConversationId> | undefined
  #reviews = 0
  /** How often something was joined or left. */
  #moves = 0
  #isOutdated = false
  #isOver = false

  constructor(parts: JoinedParts, sink: Sink, member: Member) {
    this.#parts = parts
    this.#sink = sink
    this.#member = member
  }

  /** Resolves when all are heard. From here on the caller must report each joining and leaving. */
  async begin(first?: (own: ReadonlySet<ConversationId>) => Promise<void>): Promise<void> {
    const { chat, audiences } = this.#parts
    const conversationIds = await chat.conversations.idsOf(this.#member.accountId)
    if (first) {
      this.#own = new Set(conversationIds)
      for (const left of this.#leftMeanwhile ?? []) this.#own.delete(left)
      await first(this.#own)
      this.#own = undefined
    }
    for (let from = 0; from < conversationIds.length; from += JOINED_AT_ONCE) {
      const turn = pause()
      if (turn) await turn
      // Those that `first` has joined are heard already.
      const some = conversationIds
        .slice(from, from + JOINED_AT_ONCE)
        .filter((id) => !audiences.has(id, this.#sink))
      await audiences.allReady(some)
      for (const conversationId of some) {
        if (!this.#leftMeanwhile?.has(conversationId)) this.#hear(conversationId)
      }
    }
    this.#leftMeanwhile = undefined
    if (this.#isOutdated) await this.#beginAgain()
  }

  /** Something may have been joined or left and not been told: this is what holds now. */
  async review(conversationIds: ReadonlySet<ConversationId>): Promise<void> {
    // While the list is on its way it may be older than what is missing in it.
    if (this.#leftMeanwhile) {
      this.#isOutdated = true
      return
    }
    const review = ++this.#reviews
    const isLatest = () => review === this.#reviews && !this.#isOver
    let isDone = await isAnswered(this.#keepTo(conversationIds))
    while (!isDone && isLatest()) {
      await setTimeout(RETRY_MS, undefined, { ref: false })
      isDone = !isLatest() || (await isAnswered(this.#beginAgain()))
    }
  }

  /** The account has become a member by that change, which is to be heard too. */
  joined(conversationId: ConversationId, change: number): void {
    this.#moves++
    this.#leftMeanwhile?.delete(conversationId)
    this.#arrive(conversationId, change)
  }

  /** The account has left, and the sink too. */
  left(conversationId: ConversationId): void {
    this.#moves++
    this.#leftMeanwhile?.add(conversationId)
    this.#own?.delete(conversationId)
  }

  /** Joins nothing more. */
  end(): void {
    this.#isOver = true
  }

  async #beginAgain(): Promise<void> {
    let moves: number
    let conversationIds: readonly ConversationId[]
    do {
      moves = this.#moves
      conversationIds = await this.#parts.chat.conversations.idsOf(this.#member.accountId)
    } while (moves !== this.#moves && !this.#isOver)
    await this.#keepTo(new Set(conversationIds))
  }

  /** A new conversation is heard from the change that made the account a member. */
  async #keepTo(conversationIds: ReadonlySet<ConversationId>): Promise<void> {
    const { chat, audiences } = this.#parts
    for (const conversationId of audiences.joinedBy(this.#sink)) {
      if (!conversationIds.has(conversationId)) this.#member.leave(conversationId)
    }
    const unheard = [...conversationIds].filter((id) => !audiences.has(id, this.#sink))
    if (unheard.length === 0) return
    for (const [id, change] of await chat.changes.joining(this.#member.accountId, unheard)) {
      this.#arrive(id, change)
    }
  }

  /** Hears a conversation from the change that made the account a member of it. */
  #arrive(conversationId: ConversationId, change: number): void {
    const isHeard = this.#isOver || this.#parts.audiences.has(conversationId, this.#sink)
    if (!isHeard && !this.#member.arrive(conversationId)) this.#hear(conversationId, change - 1)
  }

  #hear(conversationId: ConversationId, after?: number): void {
    const { audiences } = this.#parts
    if (this.#isOver || audiences.has(conversationId, this.#sink)) return
    audiences.join(conversationId, this.#sink, { accountId: this.#member.accountId, after })
  }
}

/** False when the database is away. */
async function isAnswered(attempt: Promise<void>): Promise<boolean> {
  try {
    await attempt
    return true
  } catch (error) {
    if (!isStoreFailure(error)) throw error
    return false
  }
}
