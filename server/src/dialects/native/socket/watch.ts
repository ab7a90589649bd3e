import type { RequestOf } from '@parlance/protocol'
import type { AccountId, Chat, ConversationId } from '../../../core/chat.ts'
import type { Feeds } from '../../../delivery/index.ts'
import type { WsConnection } from '../../../transport/index.ts'
import { conversationIdIn } from '../names.ts'
import { typingFrame } from './frames.ts'

export interface WatchParts {
  readonly chat: Pick<Chat, 'conversations'>
  readonly feeds: Pick<Feeds, 'followTyping'>
}

interface Watcher {
  readonly accountId: AccountId
  readonly ws: WsConnection
}

/** What one connection chose to hear of passing things: typing, presence and receipts. */
export class Watch {
  readonly #parts: WatchParts
  readonly #watcher: Watcher
  #conversations: Map<ConversationId, () => void> | undefined
  #isOver = false

  constructor(parts: WatchParts, watcher: Watcher) {
    this.#parts = parts
    this.#watcher = watcher
  }

  /** Replaces what was chosen before. */
  async choose({ conversations }: RequestOf<'watch'>): Promise<void> {
    const wanted = new Set(conversations.map(conversationIdIn))
    const known = this.#conversations ?? new Map()
    for (const [conversationId, end] of known) {
      if (wanted.has(conversationId)) continue
      known.delete(conversationId)
      end()
    }
    this.#conversations = known
    const { accountId } = this.#watcher
    const fresh = [...wanted].filter((id) => !known.has(id))
    const standings = await Promise.all(
      fresh.map((id) => this.#parts.chat.conversations.standing(accountId, id)),
    )
    for (const [n, conversationId] of fresh.entries())
      if (standings[n]?.member && !this.#isOver) known.set(conversationId, this.#follow(conversationId))
  }

  leave(conversationId: ConversationId): void {
    this.#conversations?.get(conversationId)?.()
    this.#conversations?.delete(conversationId)
  }

  end(): void {
    this.#isOver = true
    for (const end of this.#conversations?.values() ?? []) end()
    this.#conversations = undefined
  }

  #follow(conversationId: ConversationId): () => void {
    const { accountId, ws } = this.#watcher
    return this.#parts.feeds.followTyping(conversationId, ({ type, typist }) => {
      if (typist.accountId !== accountId) ws.sendFrame(typingFrame(conversationId, typist.accountId, type))
    })
  }
}
