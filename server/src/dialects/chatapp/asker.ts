import type { Account, Chat, ConversationId, Standing } from '../../core/chat.ts'
import { refuse } from './errors.ts'

/** Who asks over a connection, and what a request may do for them. */
export interface Asker {
  readonly chat: Chat
  readonly account: Account
  /** Makes sure that the conversation's events reach the asking connection. */
  join(conversationId: ConversationId): void
  leave(conversationId: ConversationId): void
}

/** An absent conversation and one that is others' look alike: `text` says that the asker is not in it. */
export async function standingOf(
  { chat, account }: Asker,
  conversationId: ConversationId,
  text: string,
): Promise<Standing> {
  return (await chat.conversations.standing(account.accountId, conversationId)) ?? refuse(text)
}
