import type { Standing } from '../store/store.ts'
import { ChatError } from './errors.ts'
import type { Account, AccountId, Conversation } from './types.ts'

/** Anyone who knows an open conversation's name may enter it. A private or group one is entered by being added. */
export const mayEnter = (conversation: Conversation): boolean => conversation.kind === 'open'

/** A private conversation stays the pair's own: nobody is added to it, and nobody leaves it. */
export const mayChangeMembers = (conversation: Conversation): boolean => conversation.kind !== 'private'

/** Guests are nicknames: they are in open conversations and nowhere else. */
export const mayBeAdded = (account: Account): boolean => !account.isGuest && !account.isDisabled

/** May the account speak, or open conversations for others, at all? */
export const isActive = (account: Account): boolean => !account.isDisabled

export function requireMaySend(standing: Standing): void {
  const { conversation, member, isBlocked } = standing
  const { conversationId } = conversation
  if (!member) throw new ChatError('not_a_member', { conversationId })
  if (isBlocked) throw new ChatError('message_refused', { conversationId })
}

/** Nobody is their own contact, blocks themselves, or has a private conversation with themselves. */
export function requireAnother(accountId: AccountId, otherId: AccountId): void {
  if (accountId === otherId) throw new ChatError('with_yourself')
}
