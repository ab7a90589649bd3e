import type { Account, AccountId, Conversation, ConversationId, SessionDetails } from '../../core/types.ts'
import { RememberedListings } from '../remembered-listings.ts'
import type { Standing } from '../store.ts'

/** Rows of a kind that are remembered. With one more all of that kind are forgotten. */
const MAX_REMEMBERED = 20_000

/** The rights that a request needs before it may do anything: a `Standing` without the conversation. */
export type Membership = Omit<Standing, 'conversation'>

/**
 * Rows as they were last read. They are exact: every write of this file goes through one queue, which brings the
 * cache up to date before the write's caller gets its answer (see `cache-invalidation.ts`).
 */
export class ReadCache {
  readonly accounts = new Remembered<AccountId, Account>()
  /** By username, as names are compared. */
  readonly accountIds = new Remembered<string, AccountId>()
  readonly sessions = new Remembered<string, SessionDetails>()
  /** Moved in place by every send, so a reader gets a copy. */
  readonly conversations = new Remembered<ConversationId, Moving<Conversation>>()
  /** By gid, and by an open one's name as names are compared. */
  readonly conversationIds = new Remembered<string, ConversationId>()
  /** Checked by what they show at each use, so no write need forget them. */
  readonly listings = new RememberedListings()
  readonly memberships = new RememberedPairs<ConversationId, AccountId, Membership>()

  clear(): void {
    this.accounts.clear()
    this.accountIds.clear()
    this.sessions.clear()
    this.conversations.clear()
    this.conversationIds.clear()
    this.listings.clear()
    this.memberships.clear()
  }
}

type Moving<T> = { -readonly [K in keyof T]: T[K] }

export const sessionKey = (kind: string, digest: string): string => `${kind} ${digest}`
export const gidKey = (gid: string): string => `gid ${gid}`
export const openNameKey = (nameKey: string): string => `name ${nameKey}`

/** Only what is there: that something is absent is looked up each time. */
class Remembered<Key, Row> {
  readonly #rows = new Map<Key, Row>()

  /** The remembered row, else the one that `read` finds. */
  find(key: Key, read: () => Row | undefined): Row | undefined {
    const known = this.#rows.get(key)
    if (known !== undefined) return known
    const row = read()
    if (row !== undefined) this.set(key, row)
    return row
  }

  get(key: Key): Row | undefined {
    return this.#rows.get(key)
  }

  set(key: Key, row: Row): void {
    if (this.#rows.size >= MAX_REMEMBERED) this.#rows.clear()
    this.#rows.set(key, row)
  }

  forget(key: Key): void {
    this.#rows.delete(key)
  }

  clear(): void {
    this.#rows.clear()
  }
}

/** As `Remembered`, by two keys: put together into one, they would take longer than the look-up. */
class RememberedPairs<First, Second, Row> {
  readonly #rows = new Map<First, Map<Second, Row>>()
  #size = 0

  find(first: First, second: Second, read: () => Row | undefined): Row | undefined {
    const known = this.#rows.get(first)?.get(second)
    if (known !== undefined) return known
    const row = read()
    if (row !== undefined) this.#set(first, second, row)
    return row
  }

  forget(first: First, second: Second): void {
    const rows = this.#rows.get(first)
    if (!rows?.delete(second)) return
    this.#size--
    if (rows.size === 0) this.#rows.delete(first)
  }

  clear(): void {
    this.#rows.clear()
    this.#size = 0
  }

  #set(first: First, second: Second, row: Row): void {
    if (this.#size >= MAX_REMEMBERED) this.clear()
    const rows = this.#rows.get(first)
    if (rows) rows.set(second, row)
    else this.#rows.set(first, new Map([[second, row]]))
    this.#size++
  }
}
