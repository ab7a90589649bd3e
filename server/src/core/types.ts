import type { Brand } from '../lib/brand.ts'
import type { Micros } from '../lib/clock.ts'

export type AccountId = Brand<number, 'AccountId'>
export type ConversationId = Brand<number, 'ConversationId'>
export type MessageId = Brand<number, 'MessageId'>
export type InviteId = Brand<number, 'InviteId'>
/** Random, so that none is ever given again; it proves nothing. */
export type SessionId = Brand<string, 'SessionId'>
/** Random, so that none is ever given again; it proves nothing. One an upload: the same content may have several. */
export type FileId = Brand<string, 'FileId'>
/** Eight characters that name a conversation in public. Anyone who knows them may enter an open one. */
export type Gid = Brand<string, 'Gid'>

/** A person, bot or guest. Its username is unique, whatever the case. */
export interface Account {
  readonly accountId: AccountId
  /** Public and random; never a credential. */
  readonly uuid: string
  readonly username: string
  readonly displayName: string
  readonly email: string | null
  readonly emailConfirmed: boolean
  /** Null until it is set; empty only when it was set to nothing. */
  readonly bio: string | null
  /** A name without a password, made by `Accounts.admitGuest`: enters open conversations only. */
  readonly isGuest: boolean
  /** PHC string; null for a guest. */
  readonly passwordHash: string | null
  readonly isDisabled: boolean
  /** Administers the whole server, since an operator has said so. Never a guest. */
  readonly isAdmin: boolean
  readonly createdAt: Micros
  readonly updatedAt: Micros
  /** When it last came online or went offline; `createdAt` before that. */
  readonly lastSeenAt: Micros
  /** Credentials issued before this moment are void; 0 when none was ever revoked. */
  readonly credentialsSince: Micros
  /** The open or other conversation visited last (the groups dialect's `current_group`). */
  readonly currentConversationId: ConversationId | null
}

/** private: exactly two, one per pair. group: members add members. open: anyone who knows its name may enter. */
export type ConversationKind = 'private' | 'group' | 'open'

export interface Conversation {
  readonly conversationId: ConversationId
  readonly gid: Gid
  readonly kind: ConversationKind
  /** Unique among open conversations; always null for private ones. */
  readonly name: string | null
  /** The account that opened it; for a private one the first requester. */
  readonly creatorId: AccountId
  readonly topic: string | null
  /** Whether the directory shows it: only an open one with a name. */
  readonly isListed: boolean
  /** Whether plain members may add others. */
  readonly membersAdd: boolean
  readonly createdAt: Micros
  /** Moves with the name and the members, not with messages. */
  readonly updatedAt: Micros
  /** The last message's time, else `updatedAt`. */
  readonly activityAt: Micros
  /** Number of the last message, and of the last change of any kind; 0 before the first. */
  readonly lastSeq: number
  readonly lastChange: number
  /** The first message that is still kept. */
  readonly firstSeq: number
  readonly memberCount: number
  /** Days after which its messages are purged; null where only the server's own limit holds. */
  readonly retentionDays: number | null
  /** Edits, deletions and purges so far: a message that was sent shows differently only when this has grown. */
  readonly rewrites: number
}

/** The first is the highest; `policy.ts` has what each may. In a private conversation both are members. */
export type Role = 'owner' | 'admin' | 'moderator' | 'member' | 'reader'

export interface Member {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
  readonly username: string
  readonly role: Role
  readonly joinedAt: Micros
  /** Null until the first read mark. */
  readonly lastReadAt: Micros | null
  readonly lastReadSeq: number
}

/** A member as the native dialect shows it. */
export interface MemberDetails extends Member {
  readonly displayName: string
  /** As in a `ReadState`. */
  readonly readSeq: number
}

export interface Message {
  readonly messageId: MessageId
  readonly conversationId: ConversationId
  /** Its place among the conversation's messages: 1, 2, 3 … without a hole. */
  readonly seq: number
  readonly senderId: AccountId
  readonly replyTo: MessageId | null
  readonly body: string
  readonly sentAt: Micros
  /** When the body was last replaced; null if it is still the first. */
  readonly editedAt: Micros | null
  /** In the order of the sender; left out where there are none. */
  readonly attachments?: readonly Attachment[]
}

/** A file that hangs on a message. */
export interface Attachment {
  readonly fileId: FileId
  /** As its uploader has named it, in one line. */
  readonly name: string
  /** A media type, found from the content where that tells. */
  readonly type: string
  /** In bytes. */
  readonly size: number
  /** In pixels, where it is an image whose content tells. */
  readonly width: number | null
  readonly height: number | null
}

export type MessageFormat = 'markdown' | 'plain'

/** A place in the text where somebody is named, in UTF-16 units. */
export type Mention =
  | { readonly account: AccountId; readonly at: readonly [from: number, to: number] }
  /** Everybody in the conversation. */
  | { readonly all: true; readonly at: readonly [from: number, to: number] }

/** One key of a message's reactions. */
export interface Reaction {
  readonly key: string
  readonly count: number
  /** The newest accounts that reacted with it, at most three, oldest first. */
  readonly last: readonly AccountId[]
}

/** All that is kept of a message: for the native dialect, which shows more of it than the others have words for. */
export interface MessageFacts extends Message {
  /** The change that last touched it; of two copies the one with the higher version is the newer. */
  readonly version: number
  readonly clientId: string | null
  readonly format: MessageFormat
  /** The place of the thread's root that it answers. */
  readonly thread: number | null
  /** The place of the message that it quotes, which may be deleted by now. */
  readonly replyToSeq: number | null
  /** The answers in its own thread that are not deleted, and the place of the newest of them. */
  readonly replyCount: number
  readonly lastReplySeq: number | null
  readonly mentions: readonly Mention[]
  readonly reactions: readonly Reaction[]
  readonly pinnedAt: Micros | null
  /** When it became a tombstone, whose body is empty; null while it lives. */
  readonly deletedAt: Micros | null
}

/** A message by its place. */
export type MessagePlace = Pick<Message, 'conversationId' | 'seq'>

/** A text that a message had until it was edited. */
export interface MessageVersion {
  /** The change that gave the message this text. */
  readonly change: number
  readonly body: string
  readonly writtenAt: Micros
}

/** The sender's fields that readers need. Each message carries them, so that nobody looks them up per recipient. */
export interface Sender {
  readonly accountId: AccountId
  readonly uuid: string
  readonly username: string
  readonly displayName: string
}

export interface AuthoredMessage extends Message {
  readonly sender: Sender
}

export interface MessageDetails extends MessageFacts {
  readonly sender: Sender
}

/** A message that has just been sent has these, unless its sender has said otherwise. */
export const FRESH = {
  clientId: null,
  format: 'plain',
  thread: null,
  replyToSeq: null,
  replyCount: 0,
  lastReplySeq: null,
  mentions: [],
  reactions: [],
  pinnedAt: null,
  deletedAt: null,
} as const satisfies Omit<MessageFacts, keyof Message | 'version'>

/** A log-in that its account sees and ends. */
export interface SessionDetails {
  readonly sessionId: SessionId
  readonly accountId: AccountId
  /** The client's name for itself, and the network address that it logged in from, where they are known. */
  readonly device: string | null
  readonly address: string | null
  readonly createdAt: Micros
  /** Noted once an hour. */
  readonly lastUsedAt: Micros
  readonly expiresAt: Micros
}

/** A code that makes members, as often and as long as it says, and while its maker may invite. */
export interface Invite {
  readonly inviteId: InviteId
  readonly conversationId: ConversationId
  readonly makerId: AccountId
  readonly createdAt: Micros
  readonly expiresAt: Micros
  readonly maxUses: number
  readonly uses: number
}

/** A conversation as one of its members lists it. */
export interface ConversationListing {
  readonly conversation: Conversation
  /** The newest message that is not deleted. */
  readonly lastMessage: Message | null
  /** The other member of a private conversation. */
  readonly other: Sender | null
}

/** In which cases a member is notified: of every message, of those that mention it, or never. */
type Notify = 'all' | 'mentions' | 'none'

/** A member's own settings for one conversation, which no other member sees. */
export interface Preferences {
  /** Leaves the sum of unread, and notifies of nothing. */
  readonly isMuted: boolean
  /** Stands at the top of the list. */
  readonly isPinned: boolean
  readonly isArchived: boolean
  readonly notify: Notify
}

/** How far a member has read. */
export interface ReadState {
  /** The place of the last message that counts as read: marked so, or the member's own; 0 if there is none. */
  readonly readSeq: number
  /** Messages after it that are not deleted. */
  readonly unread: number
  /** Those among them that mention the member, by name or with everybody. */
  readonly mentions: number
}

export interface OwnView extends Preferences, ReadState {
  readonly role: Role
}

/** A conversation as one of its members sees it. */
export interface OwnListing extends Omit<ConversationListing, 'lastMessage'> {
  /** As in any listing, with all that is kept of it. */
  readonly lastMessage: MessageDetails | null
  readonly own: OwnView
}

export const toAccountId = (id: number): AccountId => id as AccountId
export const toConversationId = (id: number): ConversationId => id as ConversationId
export const toMessageId = (id: number): MessageId => id as MessageId
export const toInviteId = (id: number): InviteId => id as InviteId
export const toSessionId = (id: string): SessionId => id as SessionId
export const toFileId = (id: string): FileId => id as FileId
export const toGid = (gid: string): Gid => gid as Gid

/** Only what may be public: a sender given as a whole account must not leak into events. */
export const toSender = ({ accountId, uuid, username, displayName }: Sender): Sender => ({
  accountId,
  uuid,
  username,
  displayName,
})
