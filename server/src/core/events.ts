import { type Topic, topic } from '../bus/bus.ts'
import type { Micros } from '../lib/clock.ts'
import type { ReactionChange, TouchedRow } from '../store/store.ts'
import {
  type AccountId,
  type AuthoredMessage,
  type Conversation,
  type ConversationId,
  FRESH,
  type Member,
  type MessageDetails,
  type MessageId,
  type Reaction,
  type Sender,
  type SessionId,
} from './types.ts'

/**
 * A committed fact about one conversation. `change` is its place in the conversation's one series of
 * changes: gapless from 1, in commit order. A listener that misses one reads the log from the last number seen.
 */
export type ConversationChange =
  | {
      readonly type: 'conversation.created'
      readonly conversationId: ConversationId
      readonly change: number
      readonly conversation: Conversation
      readonly members: readonly Member[]
    }
  | {
      readonly type: 'conversation.changed'
      readonly conversationId: ConversationId
      readonly change: number
      /** As it is now. */
      readonly conversation: Conversation
      readonly byId: AccountId
    }
  | {
      readonly type: 'message.sent'
      readonly conversationId: ConversationId
      readonly change: number
      readonly conversation: ConversationFacts
      /** Without details where it has those of a plain message alone, and is told live: `sentDetails` adds them. */
      readonly message: AuthoredMessage | MessageDetails
      readonly wording?: Wording
    }
  | {
      readonly type: 'message.edited'
      readonly conversationId: ConversationId
      readonly change: number
      readonly conversation: ConversationFacts
      /** As it is now. */
      readonly message: MessageDetails
    }
  | {
      readonly type: 'message.deleted'
      readonly conversationId: ConversationId
      readonly change: number
      readonly messageId: MessageId
      readonly seq: number
      readonly deletedAt: Micros
    }
  | {
      readonly type: 'message.reacted'
      readonly conversationId: ConversationId
      readonly change: number
      readonly seq: number
      /** The message's version, and all its reactions, as they are now. */
      readonly version: number
      readonly reactions: readonly Reaction[]
      /** The reactions that this change has put or removed. */
      readonly by: readonly ReactionChange[]
    }
  | {
      readonly type: 'message.pinned' | 'message.unpinned'
      readonly conversationId: ConversationId
      readonly change: number
      readonly seq: number
      readonly byId: AccountId
      readonly at: Micros
    }
  /** The oldest messages are gone, with all that hung on them: the first that is kept is the one after them. */
  | {
      readonly type: 'history.purged'
      readonly conversationId: ConversationId
      readonly change: number
      readonly upToSeq: number
      readonly at: Micros
    }
  | {
      readonly type: 'member.joined'
      readonly conversationId: ConversationId
      readonly change: number
      readonly member: Member
    }
  | {
      readonly type: 'member.changed'
      readonly conversationId: ConversationId
      readonly change: number
      /** As it is now. */
      readonly member: Member
      readonly byId: AccountId
    }
  | {
      readonly type: 'member.left'
      readonly conversationId: ConversationId
      readonly change: number
      readonly accountId: AccountId
      /** The member who removed it; null when it left by itself. */
      readonly byId: AccountId | null
    }

export type MessageSent = Extract<ConversationChange, { type: 'message.sent' }>

/** All that is kept of the message: the same whether the event is told live or read from the log. */
export const sentDetails = ({ message, change }: MessageSent): MessageDetails =>
  'version' in message ? message : { ...message, ...FRESH, version: change }

/**
 * How the sender put it, where the wire wants it repeated: for renderers of that very dialect, opaque to
 * all others. Not stored.
 */
export interface Wording {
  readonly dialect: string
  readonly text: string
}

/** Fields of a conversation that never change, or that renderers need. */
type ConversationFacts = Pick<Conversation, 'conversationId' | 'gid' | 'kind' | 'name' | 'creatorId'>

/** A passing fact about one conversation: not stored, not numbered. */
type ConversationSignal =
  | { readonly type: 'visitor.arrived'; readonly conversationId: ConversationId; readonly visitor: Sender }
  | { readonly type: 'visitor.departed'; readonly conversationId: ConversationId; readonly visitor: Sender }

export type ConversationEvent = ConversationChange | ConversationSignal

/** A fact for one account, whatever its connections. */
export type AccountEvent =
  /** The account is now a member, by that change: its connections join the conversation's audience. */
  | {
      readonly type: 'account.joined'
      readonly accountId: AccountId
      readonly conversationId: ConversationId
      readonly change: number
      /** The one of the account's own state. */
      readonly number?: number
    }
  | {
      readonly type: 'account.left'
      readonly accountId: AccountId
      readonly conversationId: ConversationId
      readonly number?: number
    }
  /** A row of the account's own state was touched, by that number of it. */
  | ({ readonly type: 'account.changed' } & TouchedRow)
  /** A contact of this account came online or went offline. */
  | {
      readonly type: 'contact.presence'
      readonly accountId: AccountId
      readonly contact: Sender
      readonly isOnline: boolean
    }
  /**
   * Credentials from before `credentialsSince` are void (logout, disablement, a new password): live connections that
   * rest on them close. The event may come again later, when the account has already logged in anew.
   */
  | {
      readonly type: 'account.revoked'
      readonly accountId: AccountId
      readonly credentialsSince: Micros
      /** The one session that was kept: it is as good as one from after `credentialsSince`. */
      readonly keptSessionId?: SessionId
    }
  /** One session is void: live connections close that say they rest on it (`LiveConnection.sessionId`). */
  | { readonly type: 'session.ended'; readonly accountId: AccountId; readonly sessionId: SessionId }

/** Somebody writes a message, or does not any more. Not in order with what is sent, and lost while Redis is away. */
export interface TypingEvent {
  readonly type: 'typing.began' | 'typing.ended'
  readonly conversationId: ConversationId
  readonly typist: Sender
}

/** As it travels between nodes. */
export interface TypingNews extends TypingEvent {
  /** Members whom the typist has blocked: they are told nothing of it. */
  readonly hiddenFrom?: readonly AccountId[]
}

/** A member has read up to a place. Not stored: read marks are. */
export interface ReceiptNews {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
  readonly readSeq: number
  /** Members whom the reader has blocked: they are told nothing of it. */
  readonly hiddenFrom: readonly AccountId[]
}

/** Somebody may be seen otherwise than before, by everybody or by one account. */
export interface PresenceNews {
  readonly accountId: AccountId
  readonly viewerId?: AccountId
}

export const conversationTopic = (conversationId: ConversationId): Topic<ConversationEvent> =>
  topic(`conversation:${conversationId}`)

export const accountTopic = (accountId: AccountId): Topic<AccountEvent> => topic(`account:${accountId}`)

/** Apart from the conversation's other events: only who shows it pays for it. */
export const typingTopic = (conversationId: ConversationId): Topic<TypingNews> =>
  topic(`typing:${conversationId}`)

/** Apart from an account's own news: for those who watch it. */
export const presenceTopic = (accountId: AccountId): Topic<PresenceNews> => topic(`presence:${accountId}`)

export const receiptTopic = (conversationId: ConversationId): Topic<ReceiptNews> =>
  topic(`receipt:${conversationId}`)
