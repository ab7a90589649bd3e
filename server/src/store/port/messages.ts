import type {
  AccountId,
  AuthoredMessage,
  ConversationId,
  FileId,
  Mention,
  Message,
  MessageDetails,
  MessageFacts,
  MessageFormat,
  MessageId,
  MessagePlace,
  MessageVersion,
  Role,
} from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { TouchedRow } from './account-state.ts'

export interface NewMessage {
  readonly conversationId: ConversationId
  readonly senderId: AccountId
  /** The client's own id of this send: the same again, from the same account, stores nothing twice. */
  readonly clientId: string | null
  readonly replyTo: MessageId | null
  readonly body: string
  readonly at: Micros
  /** Facts that only the native dialect's sends have: any other send is spared them. */
  readonly extras?: Extras
}

/** With these, a `clientId` that was used in another conversation is refused, and `replyTo` is null. */
export interface Extras {
  readonly format: MessageFormat
  /** The place of the thread's root, which is in no thread itself. */
  readonly thread: number | null
  readonly replyToSeq: number | null
  readonly mentions: readonly Mention[]
  /** The sender's own complete files, which hang on no message yet; left out where there are none. */
  readonly files?: readonly FileId[]
}

export interface Appended {
  /** All its facts, if it is new and was sent with `extras`, a `clientId` or a `replyTo`. */
  readonly message: Message | MessageFacts
  readonly change: number
  /** False when this clientId was stored before: `message` is the first one. */
  readonly isNew: boolean
  /** A mention of each account that is named, where there are any. */
  readonly touched?: readonly TouchedRow[]
}

export interface MessagePage {
  readonly conversationId: ConversationId
  /** Only ids below. */
  readonly before?: number
  /** Only ids above. With this the page starts at the oldest message; without it, the page holds the newest. */
  readonly after?: number
  /** Infinity for all. */
  readonly limit: number
}

export interface MessageStore {
  /**
   * Stores the message, dated `at`, or just after the conversation's last one where that is later. Time does not run
   * backwards within a conversation, even if the clocks of nodes differ.
   * Refuses 'unknown_conversation', 'not_a_member', 'message_refused' (blocked), 'unknown_reply'; with
   * `extras`, also 'conflict', 'thread_refused' and 'unknown_file' (absent, another's, not complete, or on a message). A reply in a thread moves its root's `replyCount`, `lastReplySeq` and
   * `version`.
   * Mentions of those who are no members are left out.
   */
  append(message: NewMessage): Promise<Appended>
  /**
   * Replaces the text and keeps the one before. The same text again is not new. Refuses 'unknown_message' (absent,
   * deleted, or in a conversation that is not `by`'s), 'not_the_owner', 'message_refused' (blocked) and
   * 'precondition_failed'.
   */
  edit(edit: NewText): Promise<Edited>
  /**
   * The texts before each edit, oldest first: those of a change after `after`, at most `limit`. None of an absent or
   * deleted message.
   */
  versions(place: MessagePlace, page: { after: number; limit: number }): Promise<readonly MessageVersion[]>
  /** Leaves a tombstone. Refuses 'unknown_message' (absent, deleted, or in a conversation that is not `by`'s), 'not_the_owner'. */
  delete(removal: { messageId: MessageId; by: AccountId; at: Micros }): Promise<Deleted>
  /**
   * Like `delete`, by its place; a tombstone that is there already is not new. The text takes with it all that hangs on
   * the message: earlier texts, mentions, reactions, its pin, its files. Refuses 'unknown_message' (absent, or in a conversation
   * that is not `by`'s), 'not_the_owner', 'conflict' (not of the role that the caller saw).
   */
  remove(removal: Removal): Promise<Removed>
  /** Undefined when absent or deleted. */
  find(messageId: MessageId): Promise<Message | undefined>
  /** Oldest first, without the deleted. */
  list(page: MessagePage): Promise<readonly AuthoredMessage[]>
  /** The messages with `seq` from `first` to `last`, oldest first, without the deleted. */
  listPlaces(
    conversationId: ConversationId,
    places: { first: number; last: number },
  ): Promise<readonly AuthoredMessage[]>
  /** Like `listPlaces`, with tombstones, and with all that is kept of each. */
  listDetails(
    conversationId: ConversationId,
    places: { first: number; last: number },
  ): Promise<readonly MessageDetails[]>
  /** The messages of a thread, tombstones too, without its root: those after `after`, oldest first, at most `limit`. */
  listReplies(
    thread: MessagePlace,
    page: { after: number; limit: number },
  ): Promise<readonly MessageDetails[]>
}

export interface NewText {
  readonly conversationId: ConversationId
  readonly seq: number
  readonly by: AccountId
  readonly body: string
  /** All of the new text. */
  readonly mentions: readonly Mention[]
  /** Refuse if the text has been changed by a later change than this one; null to overwrite any. */
  readonly unlessChangedAfter: number | null
  readonly at: Micros
}

export interface Edited {
  readonly message: MessageFacts
  readonly change: number
  /** False when the message had this text: then `change` is the one that gave it. */
  readonly isNew: boolean
  /** A mention of each account that the text before did not name. */
  readonly touched: readonly TouchedRow[]
}

export interface Deleted {
  readonly conversationId: ConversationId
  readonly messageId: MessageId
  readonly seq: number
  readonly change: number
}

export interface Removal {
  readonly conversationId: ConversationId
  readonly seq: number
  readonly by: AccountId
  readonly seen: Role
  /** Whether that role deletes others' messages too. */
  readonly mayBeAnothers: boolean
  readonly at: Micros
}

export interface Removed extends Deleted {
  readonly deletedAt: Micros
  readonly isNew: boolean
}
