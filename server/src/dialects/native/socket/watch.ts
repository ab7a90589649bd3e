import type { RequestOf } from '@parlance/protocol'
import type { AccountId, Chat, ConversationId } from '../../../core/chat.ts'
import type { Feeds } from '../../../delivery/index.ts'
import type { WsConnection } from '../../../transport/index.ts'
import { accountIdIn, conversationIdIn } from '../names.ts'
import { receiptFrame, typingFrame } from './frames.ts'
import { WatchedAccounts } from './watched-accounts.ts'

export interface WatchParts {
  readonly chat: Pick<Chat, 'conversations' | 'presence'>
  readonly feeds: Pick<Feeds, 'followTyping' | 'signals'>
}

interface Watcher {
  readonly accountId: AccountId
  readonly ws: WsConnection
}

/** The passing things that one connection chose to hear of: typing, presence and receipts. */
export class Watch {
  readonly #parts: WatchParts
  readonly #watcher: Watcher
  #conversations: Map<ConversationId, () => void> | undefined
  #accounts: WatchedAccounts | undefined
  #isOver = false

  constructor(parts: WatchParts, watcher: Watcher) {
    this.#parts = parts
    this.#watcher = watcher
  }

  /** Replaces what was chosen before. Typists and online accounts are told at once, of what is new. */
  async choose({ conversations, accounts }: RequestOf<'watch'>): Promise<void> {
    await this.#chooseConversations(new Set(conversations.map(conversationIdIn)))
    if (this.#isOver) return
    const wanted = new Set(accounts.map(accountIdIn))
    if (wanted.size > 0) this.#accounts ??= new WatchedAccounts(this.#parts, this.#watcher)
    await this.#accounts?.choose(wanted)
  }

  /** The account is no member there any more. */
  leave(conversationId: ConversationId): void {
    this.#conversations?.get(conversationId)?.()
    this.#conversations?.delete(conversationId)
  }

  end(): void {
    this.#isOver = true
    for (const end of this.#conversations?.values() ?? []) end()
    this.#conversations = undefined
    this.#accounts?.end()
  }

  async #chooseConversations(wanted: ReadonlySet<ConversationId>): Promise<void> {
    for (const conversationId of this.#conversations?.keys() ?? [])
      if (!wanted.has(conversationId)) this.leave(conversationId)
    const fresh = [...wanted].filter((id) => !this.#conversations?.has(id))
    if (fresh.length === 0) return
    const { accountId } = this.#watcher
    // Followed first: a leaving that comes during the reading ends it.
    for (const conversationId of fresh) {
      this.#conversations ??= new Map()
      this.#conversations.set(conversationId, () => undefined)
    }
    const asking = fresh.map((id) => this.#parts.chat.conversations.standing(accountId, id))
    const standings = await Promise.all(asking)
    for (const [n, conversationId] of fresh.entries()) {
      if (!this.#conversations?.has(conversationId)) continue
      if (standings[n]?.member) this.#conversations.set(conversationId, this.#follow(conversationId))
      else this.#conversations.delete(conversationId)
    }
  }

  #follow(conversationId: ConversationId): () => void {
    const { accountId, ws } = this.#watcher
    const { feeds } = this.#parts
    const endTyping = feeds.followTyping(conversationId, accountId, ({ type, typist }) => {
      if (typist.accountId !== accountId) ws.sendFrame(typingFrame(conversationId, typist.accountId, type))
    })
    const endReceipts = feeds.signals.followReceipts(conversationId, (news) => {
      if (news.accountId !== accountId && !news.hiddenFrom.includes(accountId))
        ws.sendFrame(receiptFrame(news))
    })
    return () => {
      endTyping()
      endReceipts()
    }
  }
}
