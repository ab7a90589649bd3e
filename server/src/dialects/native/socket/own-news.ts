import { setTimeout } from 'node:timers/promises'
import { type AccountId, type Chat, type ConversationId, isStoreFailure } from '../../../core/chat.ts'
import type { AccountNews, Hold, LiveAccount } from '../../../delivery/index.ts'
import { owned } from '../../../lib/guard.ts'
import type { WsConnection } from '../../../transport/index.ts'
import { accountFrame, gapFrame } from './frames.ts'
import {
  conversationOfRow,
  type OwnItems,
  type OwnItemsParts,
  ownItemsOf,
  type StateRow,
} from './own-items.ts'
import { keepingPace } from './reader-pace.ts'

export interface OwnNewsParts extends OwnItemsParts {
  readonly chat: Pick<Chat, 'accounts' | 'accountState' | 'profiles'>
}

/** Rows that are read at once. */
const ROWS = 100
/** Milliseconds between two tries while the database is away. */
const RETRY_MS = 1_000

interface Hearer {
  readonly accountId: AccountId
  readonly live: LiveAccount
  readonly ws: WsConnection
}

/**
 * Tells one connection what changes of its account's own state, in the order of the numbers, each row as it is now. Each
 * news is only a sign: rows come from the store, from the last number told on. So nothing is missed that a bus loses.
 */
export class OwnNews {
  readonly #parts: OwnNewsParts
  readonly #hearer: Hearer
  /** The last number told; undefined until the client knows where it stands. */
  #told: number | undefined
  #wanted = 0
  #isTelling = false
  /** Conversations that are new to the connection, whose events wait until the client is shown them. */
  #arriving: Map<ConversationId, Hold> | undefined

  constructor(parts: OwnNewsParts, hearer: Hearer) {
    this.#parts = parts
    this.#hearer = hearer
  }

  /** The client knows all up to that number. */
  begin(told: number): void {
    this.#told = told
    this.#tell()
  }

  hear(news: AccountNews): void {
    if (news.type !== 'account.changed' && news.type !== 'account.joined' && news.type !== 'account.left')
      return
    if (news.number === undefined) return
    this.#wanted = Math.max(this.#wanted, news.number)
    // Its conversation must be held first, by what the same news does next.
    if (news.type !== 'account.joined') this.#tell()
  }

  /** The account is a member there now. */
  arrive(conversationId: ConversationId): void {
    const hold = this.#hearer.live.conversations.hold(conversationId)
    if (!hold) return
    this.#arriving ??= new Map()
    this.#arriving.set(conversationId, hold)
    this.#tell()
  }

  /** News may have been missed. */
  review(): void {
    if (this.#told !== undefined) owned('task', this.#lookAgain(), this.#hearer.ws)
  }

  /** The rows as the client is told of them. Those of new conversations have their events wait until `release`. */
  async read(rows: readonly StateRow[], isKnown: (id: ConversationId) => boolean): Promise<OwnItems> {
    const { live, accountId } = this.#hearer
    for (const row of rows) {
      const conversationId = row.kind === 'membership' && !row.isGone ? conversationOfRow(row) : undefined
      if (conversationId === undefined || isKnown(conversationId)) continue
      if (!this.#arriving?.has(conversationId)) this.arrive(conversationId)
      // Before the reading: what is committed after it is then heard.
      await live.conversations.ready(conversationId)
    }
    return ownItemsOf(this.#parts, { accountId, rows, isKnown })
  }

  /** The client has been shown these. */
  release(shown: OwnItems['shown']): void {
    for (const [conversationId, lastChange] of shown) {
      this.#arriving?.get(conversationId)?.release(lastChange)
      this.#arriving?.delete(conversationId)
    }
  }

  #tell(): void {
    if (this.#told === undefined || this.#isTelling || this.#hearer.live.isOver) return
    this.#isTelling = true
    owned('task', this.#tellAll(), this.#hearer.ws)
  }

  async #tellAll(): Promise<void> {
    try {
      while (!this.#hearer.live.isOver && (this.#isBehind || this.#hasArrivals)) await this.#tryToTell()
    } finally {
      this.#isTelling = false
    }
  }

  get #isBehind(): boolean {
    return (this.#told ?? 0) < this.#wanted
  }

  get #hasArrivals(): boolean {
    return this.#arriving !== undefined && this.#arriving.size > 0
  }

  async #tryToTell(): Promise<void> {
    try {
      if (this.#isBehind) await this.#tellSome()
      else await this.#tellArrivals()
    } catch (error) {
      if (!isStoreFailure(error)) throw error
      // The store's port reports its outage; the rows are still there when it is back.
      await setTimeout(RETRY_MS, undefined, { ref: false })
    }
  }

  async #tellSome(): Promise<void> {
    const { accountId, live, ws } = this.#hearer
    const told = this.#told ?? 0
    await keepingPace(ws)
    const rows = await this.#parts.chat.accountState.since(accountId, told, ROWS)
    const isKnown = (id: ConversationId) => !this.#arriving?.has(id) && live.conversations.has(id)
    const { items, shown } = await this.read(rows, isKnown)
    if (live.isOver) return
    for (const item of items) ws.sendFrame(accountFrame(item))
    this.#told = rows.at(-1)?.number ?? this.#wanted
    this.release(shown)
  }

  /** Conversations that are held without a row that tells of them: the client has been told of the joining before. */
  async #tellArrivals(): Promise<void> {
    const { accountId, live, ws } = this.#hearer
    await this.#lookForMore()
    if (this.#isBehind) return
    const ids = [...(this.#arriving?.keys() ?? [])]
    await Promise.all(ids.map((id) => live.conversations.ready(id)))
    const found = await this.#parts.listings.find(accountId, ids)
    for (const conversationId of ids) {
      const conversation = found.get(conversationId)?.conversation
      if (conversation && !live.isOver) {
        const { lastSeq: head, lastChange } = conversation
        ws.sendFrame(gapFrame(conversationId, { head, lastChange }))
        this.release(new Map([[conversationId, lastChange]]))
      } else this.#arriving?.delete(conversationId)
    }
  }

  async #lookAgain(): Promise<void> {
    try {
      await this.#lookForMore()
    } catch (error) {
      if (!isStoreFailure(error)) throw error
      await setTimeout(RETRY_MS, undefined, { ref: false })
      if (!this.#hearer.live.isOver) this.review()
    }
    this.#tell()
  }

  async #lookForMore(): Promise<void> {
    const cursor = await this.#parts.chat.accountState.cursor(this.#hearer.accountId)
    this.#wanted = Math.max(this.#wanted, cursor)
  }
}
