import type {
  ChangedConversation,
  ConversationChange,
  CreatedConversation,
  NewConversation,
} from '../store.ts'
import type { Rows } from './row.ts'

export interface ConversationWrites {
  'conversations.create'(conversation: NewConversation): CreatedConversation
  'conversations.change'(change: ConversationChange): ChangedConversation
}

export const CONVERSATION_WRITES: Rows<ConversationWrites> = {
  'conversations.create': {
    checksFirst: false,
    touches: ({ kind, creatorId, memberIds, once }) => {
      const [one, other] = memberIds
      const isPair = kind === 'private' && one !== undefined && other !== undefined
      return {
        numbers: memberIds,
        ...(isPair && { readsPair: [one, other] as const }),
        // One request after the other has a key of the account.
        ...(once && { accountId: creatorId }),
      }
    },
  },
  'conversations.change': {
    checksFirst: false,
    touches: ({ conversationId, name }) => ({ conversationId, isRenamed: name !== undefined }),
  },
}
