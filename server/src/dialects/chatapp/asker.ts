import type { Account, Chat, ConversationId, Standing } from '../../core/chat.ts'
import { refuse } from './errors.ts'

/** Who asks over a connection, and what a request may do for them. */
export interface Asker {
  readonly chat: Chat
  readonly account: Account
  /** Makes sure that the conversation's events reach the asking connection. */
  join(conversationId: ConversationId): void
  leave(conversationId: ConversationId): void
  /** Where it has been found to be a member, and not been put out since as far as this connection has heard. */
  readonly standings: Map<ConversationId, Standing>
}

/** As `standingOf`, perhaps a moment old: enough to send, for which the store checks again. */
export async function joinToSend(
  asker: Asker,
  conversationId: ConversationId,
  text: () => string,
): Promise<Standing> {
  const standing = await standingOf(asker, conversationId, text)
  asker.join(conversationId)
  // One that forbids is asked for anew each time: it may be taken back without a word.
  if (!standing.isBlocked) asker.standings.set(conversationId, standing)
  return standing
}

/** An absent conversation and one that is others' look alike: `text` says that the asker is not in it. */
export async function standingOf(
  { chat, account }: Asker,
  conversationId: ConversationId,
  text: () => string,
): Promise<Standing> {
  return (await chat.conversations.standing(account.accountId, conversationId)) ?? refuse(text())
}
