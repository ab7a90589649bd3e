import type { AccountId, ConversationId, MessageDetails, MessageId, Role } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'

export interface PinStore {
  /**
   * Pins a message, or unpins it; as it is already, nothing is new. Refuses 'unknown_message' (absent, deleted, or in a
   * conversation that is not `by`'s), 'message_refused' (blocked) and 'conflict' (not of the role that the caller saw).
   */
  set(pin: NewPin): Promise<Pinned>
  /** The pinned messages, newest pin first. */
  list(conversationId: ConversationId, page: PinPage): Promise<readonly MessageDetails[]>
}

export interface PinPage {
  /** Only pins older than this one. */
  readonly before?: { readonly pinnedAt: Micros; readonly seq: number }
  readonly limit: number
}

export interface NewPin {
  readonly conversationId: ConversationId
  readonly seq: number
  readonly by: AccountId
  /** The role that allows it. */
  readonly seen: Role
  readonly isPinned: boolean
  readonly at: Micros
}

export interface Pinned {
  readonly messageId: MessageId
  /** The message's version. */
  readonly change: number
  readonly pinnedAt: Micros | null
  readonly isNew: boolean
}
