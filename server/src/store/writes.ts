import type { Account, AccountId, ConversationId, MessageId } from '../core/types.ts'
import type { Micros } from '../lib/clock.ts'
import type {
  Appended,
  CreatedConversation,
  Deleted,
  Joined,
  NewAccount,
  NewConversation,
  NewMember,
  NewMessage,
  NewSession,
} from './store.ts'

/** Every write: what it takes, and what it answers. */
interface Writes {
  ping(nothing: null): void
  'accounts.create'(account: NewAccount): Account
  'accounts.setBio'(change: OfAccount & { bio: string; at: Micros }): void
  'accounts.replaceHash'(change: OfAccount & { old: string; renewed: string }): void
  'accounts.setSeen'(change: OfAccount & { at: Micros }): void
  'accounts.revoke'(change: OfAccount & { at: Micros; disable: boolean }): Micros
  'accounts.enable'(change: OfAccount): void
  'accounts.setPassword'(change: OfAccount & { passwordHash: string; at: Micros }): Micros
  'accounts.freeGuests'(bound: { unseenSince: Micros }): number
  'sessions.open'(session: NewSession): void
  'sessions.touch'(use: { kind: string; digest: string; at: Micros; expiresAt: Micros }): void
  'contacts.add'(pair: OfAccount & { contactId: AccountId; at: Micros }): void
  'contacts.block'(block: { blockerId: AccountId; blockedId: AccountId; at: Micros }): void
  'contacts.unblock'(block: { blockerId: AccountId; blockedId: AccountId }): void
  'conversations.create'(conversation: NewConversation): CreatedConversation
  'members.join'(entry: NewMember): Joined
  'members.leave'(exit: Membership & { at: Micros }): { change: number }
  'members.markRead'(mark: Membership & { at: Micros }): void
  'members.setCurrent'(change: OfAccount & { conversationId: ConversationId | null }): void
  'messages.append'(message: NewMessage): Appended
  'messages.delete'(removal: { messageId: MessageId; by: AccountId; at: Micros }): Deleted
}

export type WriteName = keyof Writes
export type Argument<Name extends WriteName> = Parameters<Writes[Name]>[0]
export type Answer<Name extends WriteName> = ReturnType<Writes[Name]>

interface OfAccount {
  readonly accountId: AccountId
}

interface Membership {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
}

type Pair = readonly [AccountId, AccountId]

/**
 * The rows that a write touches, by what its caller knows of them. PostgreSQL locks those of `conversationId`,
 * `reads`, `messageId` and `accountId` before the first step of a batch. SQLite's writer settles what it remembers of
 * the conversations before the write, and forgets what the write changes; SQLite's readers forget all of it.
 */
export interface Touched {
  /** The conversation's row changes: where its log ends, when something last happened. */
  readonly conversationId?: ConversationId
  /** The row of the conversation that has the message changes. */
  readonly messageId?: MessageId
  /** The conversation's row is read. */
  readonly reads?: ConversationId
  /** The row of the two accounts' private conversation is read, if there is one. */
  readonly readsPair?: Pair
  /** An account becomes a member, is one no longer, or has read more. */
  readonly membership?: Membership
  /** Whether one of the two accounts has blocked the other, and so who may speak in their private conversation. */
  readonly blocking?: Pair
  /** The account's row changes, or must not change meanwhile. */
  readonly accountId?: AccountId
  /** The account's sessions end, or one of some account does. */
  readonly areSessionsEnded?: boolean
  readonly session?: { readonly kind: string; readonly digest: string }
  readonly areNamesFreed?: boolean
}

interface Row<Name extends WriteName> {
  /**
   * Whether the write refuses before it has written anything. Its refusal then leaves nothing to take back, and SQLite
   * spares it a savepoint.
   */
  readonly checksFirst: boolean
  /** The answer is known once the write is committed; what is touched before it must cover the rows after it. */
  readonly touches: (argument: Argument<Name>, answer?: Answer<Name>) => Touched
}

const NOTHING: Touched = {}
const account = ({ accountId }: OfAccount): Touched => ({ accountId })
const credentials = ({ accountId }: OfAccount): Touched => ({ accountId, areSessionsEnded: true })
const blocks = ({ blockerId, blockedId }: { blockerId: AccountId; blockedId: AccountId }): Touched => ({
  blocking: [blockerId, blockedId],
})
const membership = (entry: Membership): Touched => ({
  conversationId: entry.conversationId,
  membership: entry,
})

/** One row a write, for both stores: locks, savepoints and what is remembered follow from it. */
export const WRITES: { readonly [Name in WriteName]: Row<Name> } = {
  ping: { checksFirst: false, touches: () => NOTHING },
  'accounts.create': { checksFirst: false, touches: () => NOTHING },
  'accounts.setBio': { checksFirst: false, touches: account },
  'accounts.replaceHash': { checksFirst: false, touches: account },
  'accounts.setSeen': { checksFirst: false, touches: account },
  'accounts.revoke': { checksFirst: false, touches: credentials },
  'accounts.enable': { checksFirst: false, touches: account },
  'accounts.setPassword': { checksFirst: false, touches: credentials },
  'accounts.freeGuests': {
    checksFirst: false,
    touches: (_bound, freed) => (freed === 0 ? NOTHING : { areNamesFreed: true }),
  },
  // Two log-ins of one account, on two nodes: both must not keep what the other makes one too many.
  'sessions.open': { checksFirst: false, touches: credentials },
  'sessions.touch': { checksFirst: false, touches: (session) => ({ session }) },
  'contacts.add': { checksFirst: false, touches: () => NOTHING },
  'contacts.block': { checksFirst: false, touches: blocks },
  'contacts.unblock': { checksFirst: false, touches: blocks },
  'conversations.create': {
    checksFirst: false,
    touches: ({ kind, memberIds: [one, other] }) =>
      kind === 'private' && one !== undefined && other !== undefined ? { readsPair: [one, other] } : NOTHING,
  },
  'members.join': { checksFirst: false, touches: membership },
  'members.leave': { checksFirst: false, touches: membership },
  // One statement, which writes nothing where it is refused.
  'members.markRead': {
    checksFirst: true,
    touches: (mark) => ({ reads: mark.conversationId, membership: mark }),
  },
  'members.setCurrent': { checksFirst: false, touches: account },
  // SQLite does not ask: the writer's memory moves with each send, and so does the readers'.
  'messages.append': { checksFirst: true, touches: ({ conversationId }) => ({ conversationId }) },
  'messages.delete': {
    checksFirst: false,
    touches: ({ messageId }, deleted) =>
      deleted ? { conversationId: deleted.conversationId } : { messageId },
  },
}
