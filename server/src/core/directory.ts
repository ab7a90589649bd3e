import { nameKey } from '../lib/name-forms.ts'
import type { ConversationStore } from '../store/store.ts'
import type { AccountId, Conversation } from './types.ts'

const MAX_PAGE = 200

interface PageAsked {
  readonly search?: string
  /** `next` of the page before. */
  readonly cursor?: string | null
  readonly limit?: number
}

interface Page {
  readonly items: readonly Conversation[]
  readonly next: string | null
}

/** The open conversations that anybody may find. */
export class Directory {
  readonly #store: ConversationStore

  constructor(store: ConversationStore) {
    this.#store = store
  }

  /**
   * The listed open conversations whose names begin so, in the order of their names, but those that the viewer is banned
   * from. `next` is the cursor of the page after, null at the end.
   */
  async page(viewerId: AccountId, { search = '', cursor = null, limit = 50 }: PageAsked = {}): Promise<Page> {
    const atMost = Math.min(limit, MAX_PAGE)
    const wanted = { viewerId, prefix: search, after: cursor, limit: atMost }
    const items = await this.#store.directory(wanted)
    const last = items.length < atMost ? undefined : items.at(-1)
    return { items, next: last?.name ? nameKey(last.name) : null }
  }

  /** Whether the viewer finds that conversation here: it is listed, and the viewer is not banned from it. */
  async shows(viewerId: AccountId, { conversationId, isListed, name }: Conversation): Promise<boolean> {
    if (!isListed || name === null) return false
    // The whole name comes before all that are longer. Names of old conversations may be several of one key.
    const { items } = await this.page(viewerId, { search: name })
    return items.some((shown) => shown.conversationId === conversationId)
  }
}
