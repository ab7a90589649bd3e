import type { ConversationStep, Dismissal, Dismissed } from '../store.ts'
import type { Rows, Touched } from './row.ts'

export interface ConversationRemovalWrites {
  'conversationRemovals.wish'(wish: ConversationStep): void
  'conversationRemovals.begin'(step: ConversationStep): void
  'conversationRemovals.dismiss'(dismissal: Dismissal): readonly Dismissed[]
  'conversationRemovals.finish'(step: ConversationStep): void
}

const names = ({ conversationId }: ConversationStep): Touched => ({ conversationId, isRenamed: true })

export const CONVERSATION_REMOVAL_WRITES: Rows<ConversationRemovalWrites> = {
  // Nothing remembers the table, so an operator's command may write it beside a server.
  'conversationRemovals.wish': {
    checksFirst: true,
    touches: ({ conversationId }) => ({ reads: conversationId }),
  },
  'conversationRemovals.begin': { checksFirst: true, touches: names },
  'conversationRemovals.dismiss': {
    checksFirst: true,
    touches: ({ conversationId, accountIds }) => ({
      conversationId,
      numbers: accountIds,
      memberships: accountIds.map((accountId) => ({ conversationId, accountId })),
    }),
  },
  'conversationRemovals.finish': { checksFirst: true, touches: names },
}
