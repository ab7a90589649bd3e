import type { Micros } from '../lib/clock.ts'
import type { MovingSource } from './moving-source.ts'

// Things that are taken over from another program, on their way into a database of Parlance. Each has a key, its own id
// in the other program, by which the others refer to it.

export interface StagedAccount {
  readonly key: string
  /** The number that it had, kept where it is free and possible; null for the next one. */
  readonly id: number | null
  readonly uuid: string
  /** Free, and a name: see `isUsernameFree`. */
  readonly username: string
  readonly displayName: string
  /** Free: see `isEmailFree`. */
  readonly email: string | null
  readonly emailConfirmed: boolean
  readonly bio: string | null
  readonly passwordHash: string | null
  readonly isGuest: boolean
  readonly disabledAt: Micros | null
  readonly createdAt: Micros
  readonly lastSeenAt: Micros
}

export interface StagedConversation {
  readonly key: string
  readonly id: number | null
  readonly gid: string
  /**
   * A private one whose members are not two, or have one already, becomes a group. 'unsaid': private if its members are
   * two, else a group.
   */
  readonly kind: 'private' | 'group' | 'open' | 'unsaid'
  /** Free where it is open: see `isConversationNameFree`. */
  readonly name: string | null
  readonly creatorKey: string | null
  readonly topic: string | null
  readonly isListed: boolean
  readonly createdAt: Micros
}

export interface StagedMember {
  readonly conversationKey: string
  readonly accountKey: string
  readonly joinedAt: Micros
  /** Undefined: nothing is unread. Null: nothing was read. */
  readonly readAt?: Micros | null
}

export interface StagedMessage {
  /** Unique in its conversation. */
  readonly key: string
  /** Kept if all messages have one. Numbers grow in a conversation. */
  readonly id: number | null
  readonly conversationKey: string
  readonly senderKey: string
  readonly body: string
  readonly at: Micros
  /** Where there are no ids, messages of one time are in this order. */
  readonly order: string
  /** The message that it quotes. */
  readonly replyKey?: string | null
  /** The root of the thread that it is in. */
  readonly threadKey?: string | null
  readonly editedAt?: Micros | null
  readonly isMarkdown?: boolean
  /** Places in the text, in UTF-16 units: an account's key, or null for everybody. */
  readonly mentions?: readonly { readonly key: string | null; readonly at: readonly [number, number] }[]
}

export interface StagedReaction {
  readonly conversationKey: string
  readonly messageKey: string
  readonly accountKey: string
  readonly emoji: string
}

/** Something that did not come as it was. */
export interface Note {
  readonly what:
    | 'account'
    | 'conversation'
    | 'member'
    | 'message'
    | 'reaction'
    | 'contact'
    | 'file'
    | 'document'
  /** Where it is in the source. */
  readonly place: string
  readonly done: 'changed' | 'left out'
  /** One clause. */
  readonly why: string
  readonly before?: string
  readonly after?: string
}

/** A key of the source that is another id in Parlance. */
export interface NewId {
  readonly what: 'account' | 'conversation' | 'message'
  readonly was: string
  readonly is: number
}

/** Where everything lies until it is moved. All keys that something names must be there before it. */
export interface Staging {
  /** The archive id of the move, once all is staged; null before. */
  readonly readyAs: string | null
  isUsernameFree(username: string): boolean
  isConversationNameFree(name: string): boolean
  isEmailFree(email: string): boolean
  isGidFree(gid: string): boolean
  isUuidFree(uuid: string): boolean
  accountId(key: string): number | undefined
  hasConversation(key: string): boolean
  hasMessage(conversationKey: string, key: string): boolean
  addAccount(account: StagedAccount): void
  addConversation(conversation: StagedConversation): void
  /** A second key of a conversation that is there. One that begins with `/` is no id of the source, and not told. */
  addAlias(key: string, conversationKey: string): void
  /** Once more does nothing. */
  addMember(member: StagedMember): void
  addMessage(message: StagedMessage): void
  addReaction(reaction: StagedReaction): void
  addContact(contact: { readonly accountKey: string; readonly contactKey: string; readonly at: Micros }): void
  setCurrent(accountKey: string, conversationKey: string): void
  note(note: Note): void
  /** Puts everything in its place. From then on it is ready, under this archive id. */
  settle(options: { readonly archiveId: string; readonly onMessages: (count: number) => void }): Promise<void>
  notes(): Iterable<Note>
  newIds(): Iterable<NewId>
  /** Once it is ready. */
  source(): MovingSource
  close(): void
}
