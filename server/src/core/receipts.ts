import type { Bus } from '../bus/bus.ts'
import { owned } from '../lib/guard.ts'
import { runAfter } from '../lib/timers.ts'
import type { Store } from '../store/store.ts'
import { isStoreFailure } from './errors.ts'
import { receiptTopic } from './events.ts'
import type { Profiles } from './profiles.ts'
import type { AccountId, ConversationId } from './types.ts'

interface ReceiptsParts {
  readonly store: Pick<Store, 'contacts' | 'conversations'>
  readonly profiles: Pick<Profiles, 'tellsReceipts'>
  readonly bus: Bus
}

/** Members of a conversation in which receipts are told. */
const MAX_MEMBERS = 100
/** A member's receipts in a conversation are told at most so often. */
const WINDOW_MS = 1_000
/** Members with a window; what more of them have read is not told. */
const MAX_WINDOWS = 10_000

interface ReadMark {
  readonly accountId: AccountId
  readonly conversationId: ConversationId
  readonly readSeq: number
}

/**
 * Tells those who watch a conversation how far its members have read: not of an account that wants
 * nobody to know, and not those whom it has blocked. Passing news: nothing is told again after an outage.
 */
export class Receipts {
  readonly #parts: ReceiptsParts
  /** The last mark of each window that is still to be told. */
  readonly #windows = new Map<string, ReadMark | undefined>()

  constructor(parts: ReceiptsParts) {
    this.#parts = parts
  }

  /** A read mark has moved forward. Told in the background. */
  moved(mark: ReadMark): void {
    const key = `${mark.conversationId} ${mark.accountId}`
    if (this.#windows.has(key)) this.#windows.set(key, mark)
    else if (this.#windows.size < MAX_WINDOWS) this.#open(key, mark)
  }

  #open(key: string, mark: ReadMark): void {
    this.#windows.set(key, undefined)
    runAfter(WINDOW_MS, () => this.#close(key)).unref()
    owned('task', this.#tell(mark))
  }

  #close(key: string): void {
    const waiting = this.#windows.get(key)
    this.#windows.delete(key)
    if (waiting) this.#open(key, waiting)
  }

  async #tell({ accountId, conversationId, readSeq }: ReadMark): Promise<void> {
    try {
      const { profiles, bus, store } = this.#parts
      const { conversations, contacts } = store
      const conversation = await conversations.find(conversationId)
      if (!conversation || conversation.memberCount > MAX_MEMBERS) return
      if (!(await profiles.tellsReceipts(accountId))) return
      const hiddenFrom = await contacts.blockedMembers(accountId, conversationId)
      bus.publish(receiptTopic(conversationId), { conversationId, accountId, readSeq, hiddenFrom })
    } catch (error) {
      if (!isStoreFailure(error)) throw error
    }
  }
}
