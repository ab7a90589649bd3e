import type {
  Account,
  AccountId,
  AuthoredMessage,
  Conversation,
  ConversationId,
  ConversationKind,
  ConversationListing,
  Gid,
  Member,
  Message,
  MessageId,
} from '../core/types.ts'
import type { Micros } from '../lib/clock.ts'

export { StoreRefusal } from './refusal.ts'

/**
 * The durable log. Every write is one transaction. It re-checks the facts that its caller decided from, and rejects
 * with a `ChatError` when they no longer hold. Its promise resolves only after the commit is on disk, and promises
 * resolve in commit order. A failure of the engine is the `ChatError` 'unavailable' where nothing of that write was
 * stored. It is 'outcome_unknown' where it may have been: the commit itself failed, or its answer did not come.
 * Waiting writes are bounded, and one more is refused 'busy'. Reads see every write that has resolved.
 */
export interface Store {
  readonly accounts: AccountStore
  readonly sessions: SessionStore
  readonly contacts: ContactStore
  readonly conversations: ConversationStore
  readonly members: MemberStore
  readonly messages: MessageStore
  readonly changes: ChangeStore
  /** Resolves when the engine answers, and takes a write. */
  ping(): Promise<void>
  /** Waits for what was accepted, then lets go of the engine. */
  close(): Promise<void>
}

export interface NewAccount {
  readonly uuid: string
  readonly username: string
  readonly displayName: string
  readonly email: string | null
  /** Null makes a guest. */
  readonly passwordHash: string | null
  readonly at: Micros
}

export type AccountName = Pick<Account, 'accountId' | 'username'>

export interface AccountStore {
  /** Refuses 'name_taken', 'email_taken'; details.fields names all of them. A name may not be another's email, nor the reverse. */
  create(account: NewAccount): Promise<Account>
  find(accountId: AccountId): Promise<Account | undefined>
  findByUsername(username: string): Promise<Account | undefined>
  findByEmail(email: string): Promise<Account | undefined>
  /** The accounts that exist, in no particular order. */
  findMany(accountIds: readonly AccountId[]): Promise<readonly Account[]>
  /** Ordered by id; leaves out guests, disabled accounts and those that have blocked the viewer. */
  listNames(viewerId: AccountId, page: { after: number; limit: number }): Promise<readonly AccountName[]>
  setBio(accountId: AccountId, bio: string, at: Micros): Promise<void>
  /** Stores another hash of the same password. Does nothing where `old` is no longer the account's. */
  replaceHash(accountId: AccountId, hashes: { old: string; renewed: string }): Promise<void>
  setSeen(accountId: AccountId, at: Micros): Promise<void>
  /** Voids every session and every token issued before `at`. Answers the account's new `credentialsSince`, later than the last. */
  revoke(accountId: AccountId, change: { at: Micros; disable: boolean }): Promise<Micros>
  /** Lets a disabled account log in again. */
  enable(accountId: AccountId): Promise<void>
  /** Replaces the password, and voids credentials as `revoke` does. */
  setPassword(accountId: AccountId, change: { passwordHash: string; at: Micros }): Promise<Micros>
  /**
   * Accounts that any process has changed by `revoke`, `enable` or `setPassword` after that number, in the order of
   * their numbers, at most `limit`. From then on reads see those changes. A number may become visible after a greater
   * one, while the writes of two processes overlap.
   */
  notices(after: number, limit: number): Promise<readonly AccountNotice[]>
  /** The greatest number of a notice; 0 if there is none. */
  lastNotice(): Promise<number>
  /** Gives the names of guests not seen since then back; answers how many. Their messages stay. */
  freeGuests(unseenSince: Micros): Promise<number>
}

/** An account whose credentials were changed. Each account has one notice, which moves on with its next change. */
export interface AccountNotice {
  readonly number: number
  readonly accountId: AccountId
  /** The value at the time of reading. */
  readonly credentialsSince: Micros
}

/** Opaque credentials, stored as digests. `kind` keeps those of one dialect from opening another. */
export interface SessionStore {
  /** At most `max` per account and kind: the least recently used go. Refuses 'unknown_account'. */
  open(session: NewSession): Promise<void>
  find(kind: string, digest: string): Promise<Session | undefined>
  touch(kind: string, digest: string, use: { at: Micros; expiresAt: Micros }): Promise<void>
}

export interface Session {
  readonly accountId: AccountId
  readonly lastUsedAt: Micros
  readonly expiresAt: Micros
}

export interface NewSession {
  readonly accountId: AccountId
  readonly kind: string
  readonly digest: string
  readonly at: Micros
  readonly expiresAt: Micros
  readonly max: number
}

export interface ContactStore {
  /** Both ways. Refuses 'already_a_contact', 'unknown_account' (gone, or has blocked the one who adds). */
  add(accountId: AccountId, contactId: AccountId, at: Micros): Promise<void>
  /** In the order they were added. */
  list(accountId: AccountId): Promise<readonly Account[]>
  block(blockerId: AccountId, blockedId: AccountId, at: Micros): Promise<void>
  unblock(blockerId: AccountId, blockedId: AccountId): Promise<void>
  /** Those among `accountIds` who have blocked this account. */
  blockersOf(accountId: AccountId, accountIds: readonly AccountId[]): Promise<readonly AccountId[]>
}

export interface NewConversation {
  readonly gid: Gid
  readonly kind: ConversationKind
  readonly name: string | null
  readonly creatorId: AccountId
  /** Creator first; without repeats. */
  readonly memberIds: readonly AccountId[]
  readonly at: Micros
}

export interface CreatedConversation {
  readonly conversation: Conversation
  readonly members: readonly Member[]
  /** False when it existed: only a private one can. */
  readonly isNew: boolean
}

/** One account's place towards one conversation: all that policy asks before a send. */
export interface Standing {
  readonly conversation: Conversation
  readonly member: Member | null
  /** In a private conversation: the other member has blocked this account. */
  readonly isBlocked: boolean
}

/** A row in an account's list of its conversations. */
export interface ConversationName
  extends Pick<Conversation, 'conversationId' | 'gid' | 'kind' | 'name' | 'activityAt'> {
  /** The other member's username, in a private conversation. */
  readonly otherName: string | null
}

export interface ConversationStore {
  /**
   * Creates it, or finds the pair's one private conversation. Refuses 'conversation_name_taken' (an open
   * name, or one that is some conversation's gid), 'unknown_account' (a member who is gone, a guest in
   * one that is not open, or someone who blocked the creator; details.accountId).
   */
  create(conversation: NewConversation): Promise<CreatedConversation>
  find(conversationId: ConversationId): Promise<Conversation | undefined>
  findByGid(gid: string): Promise<Conversation | undefined>
  findOpenByName(name: string): Promise<Conversation | undefined>
  /** The pair's one private conversation, whichever opened it. */
  findPrivate(pair: readonly [AccountId, AccountId]): Promise<Conversation | undefined>
  standing(accountId: AccountId, conversationId: ConversationId): Promise<Standing | undefined>
  /** A conversation of the account, with its last message. */
  findListing(accountId: AccountId, conversationId: ConversationId): Promise<ConversationListing | undefined>
  /** The account's own, last activity first, activity earlier than `before`. */
  list(accountId: AccountId, page: { before: Micros; limit: number }): Promise<readonly ConversationListing[]>
  /** All the account's own, oldest first. */
  listNames(accountId: AccountId): Promise<readonly ConversationName[]>
  /** The ids of all the account's own, oldest first. */
  idsOf(accountId: AccountId): Promise<readonly ConversationId[]>
}

export interface MemberStore {
  /** In the order they joined. */
  list(conversationId: ConversationId): Promise<readonly Member[]>
  /**
   * Finds the membership or makes it. Refuses 'unknown_conversation' (absent, or entered by oneself though
   * not open), 'not_a_member' (`byId` no longer is one), and 'unknown_account' as `create` does.
   */
  join(entry: NewMember): Promise<Joined>
  /** Ends it. Refuses 'not_a_member'. */
  leave(exit: {
    conversationId: ConversationId
    accountId: AccountId
    at: Micros
  }): Promise<{ change: number }>
  /** Everything up to now is read. Never moves back. Refuses 'not_a_member'. */
  markRead(mark: { conversationId: ConversationId; accountId: AccountId; at: Micros }): Promise<void>
  /** The account's `currentConversationId`. */
  setCurrent(accountId: AccountId, conversationId: ConversationId | null): Promise<void>
}

export interface NewMember {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
  /** The member who adds them; null when they enter an open conversation by themselves. */
  readonly byId: AccountId | null
  readonly at: Micros
}

export interface Joined {
  readonly member: Member
  readonly change: number
  readonly isNew: boolean
}

export interface NewMessage {
  readonly conversationId: ConversationId
  readonly senderId: AccountId
  /** The client's own id of this send: the same again, from the same account, stores nothing twice. */
  readonly clientId: string | null
  readonly replyTo: MessageId | null
  readonly body: string
  readonly at: Micros
}

export interface Appended {
  readonly message: Message
  readonly change: number
  /** False when this clientId was stored before: `message` is the first one. */
  readonly isNew: boolean
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
   * Refuses 'unknown_conversation', 'not_a_member', 'message_refused' (blocked), 'unknown_reply'.
   */
  append(message: NewMessage): Promise<Appended>
  /** Leaves a tombstone. Refuses 'unknown_message' (absent, deleted, or in a conversation that is not `by`'s), 'not_the_owner'. */
  delete(removal: { messageId: MessageId; by: AccountId; at: Micros }): Promise<Deleted>
  /** Undefined when absent or deleted. */
  find(messageId: MessageId): Promise<Message | undefined>
  /** Oldest first, without the deleted. */
  list(page: MessagePage): Promise<readonly AuthoredMessage[]>
  /** The messages with `seq` from `first` to `last`, oldest first, without the deleted. */
  listPlaces(
    conversationId: ConversationId,
    places: { first: number; last: number },
  ): Promise<readonly AuthoredMessage[]>
}

export interface Deleted {
  readonly conversationId: ConversationId
  readonly messageId: MessageId
  readonly seq: number
  readonly change: number
}

/** The changes of conversations. Each has a number: in each conversation 1, 2, 3 … without a hole. */
export interface ChangeStore {
  /** The number of each conversation's last change. Those that do not exist are left out. */
  last(conversationIds: readonly ConversationId[]): Promise<ReadonlyMap<ConversationId, number>>
  /** The change that made the account a member of each, for the last time. Where it never was one is left out. */
  joining(
    accountId: AccountId,
    conversationIds: readonly ConversationId[],
  ): Promise<ReadonlyMap<ConversationId, number>>
  /** The changes after `after`: in order, without a hole, at most `limit`. */
  since(conversationId: ConversationId, after: number, limit: number): Promise<readonly LoggedChange[]>
}

export type LoggedChange =
  /** The message is undefined when it has been deleted since. */
  | { readonly change: number; readonly kind: 'sent'; readonly message: AuthoredMessage | undefined }
  | {
      readonly change: number
      readonly kind: 'deleted'
      readonly messageId: MessageId
      readonly seq: number
      readonly at: Micros
    }
  | {
      readonly change: number
      readonly kind: 'created' | 'joined' | 'left'
      readonly accountId: AccountId
      readonly at: Micros
    }
