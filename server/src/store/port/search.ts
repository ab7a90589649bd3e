import type { AccountId, ConversationId, MessageDetails } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'

/**
 * Finds messages by their words. The words of a message that is sent are indexed soon after its commit, mostly within
 * a second; those of an edit with it. A deletion takes them away with the text.
 */
export interface SearchStore {
  /**
   * Messages that have all terms, in the order of their ids, newest first, where the account is a member and from each
   * conversation's `firstSeq` on. The work is bounded: a page may have few or none, and not be the last. It depends on
   * what the account's own conversations hold, and on nothing else.
   */
  find(search: MessageSearch): Promise<FoundMessages>
  /** The id of about the first message that was sent then or later; exact while the clock was right. */
  idFrom(at: Micros): Promise<number>
  /** Messages up to this id can be found. */
  indexedUpTo(): Promise<number>
}

/** A word, or with `isPrefix` the beginning of one, as `store/search-index.ts` makes them. */
export interface SearchTerm {
  readonly word: string
  readonly isPrefix: boolean
}

export interface MessageSearch {
  readonly accountId: AccountId
  /** At least one. */
  readonly terms: readonly SearchTerm[]
  /** Only there; all of the account's conversations by default. */
  readonly conversationId?: ConversationId | undefined
  /** Only ids between these, both exclusive. */
  readonly after: number
  readonly before: number
  readonly limit: number
}

export interface FoundMessages {
  readonly items: readonly MessageDetails[]
  /** The next page is what is found before this id; null at the end. */
  readonly before: number | null
  /** Cells of the index that were looked at: some ten microseconds each. */
  readonly work: number
}
