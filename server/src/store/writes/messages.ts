import type { AccountId, MessageId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { namedIn } from '../mentioned.ts'
import type { Appended, Deleted, Edited, NewMessage, NewText, Removal, Removed } from '../store.ts'
import type { Rows } from './row.ts'

export interface MessageWrites {
  'messages.append'(message: NewMessage): Appended
  'messages.edit'(edit: NewText): Edited
  'messages.delete'(removal: { messageId: MessageId; by: AccountId; at: Micros }): Deleted
  'messages.remove'(removal: Removal): Removed
}

export const MESSAGE_WRITES: Rows<MessageWrites> = {
  // SQLite does not ask: the writer's memory moves with each send, and so does the readers'.
  'messages.append': {
    checksFirst: true,
    touches: ({ conversationId, extras }) =>
      extras ? { conversationId, numbers: namedIn(extras.mentions) } : { conversationId },
  },
  'messages.edit': {
    checksFirst: false,
    touches: ({ conversationId, mentions }) => ({ conversationId, numbers: namedIn(mentions) }),
  },
  'messages.delete': {
    checksFirst: false,
    touches: ({ messageId }, deleted) =>
      deleted ? { conversationId: deleted.conversationId } : { messageId },
  },
  'messages.remove': { checksFirst: false, touches: ({ conversationId }) => ({ conversationId }) },
}
