import type { CreatedConversation, NewConversation } from '../store.ts'
import { NOTHING, type Rows } from './row.ts'

export interface ConversationWrites {
  'conversations.create'(conversation: NewConversation): CreatedConversation
}

export const CONVERSATION_WRITES: Rows<ConversationWrites> = {
  'conversations.create': {
    checksFirst: false,
    touches: ({ kind, memberIds: [one, other] }) =>
      kind === 'private' && one !== undefined && other !== undefined ? { readsPair: [one, other] } : NOTHING,
  },
}
