import type { AccountId, ConversationId, MessageId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Appended, NewMessage } from '../store.ts'

// A message on its way between the threads: bare values cross several times faster than an object's fields.

export type PackedMessage = readonly [
  conversationId: ConversationId,
  senderId: AccountId,
  clientId: string | null,
  replyTo: MessageId | null,
  body: string,
  at: Micros,
]

/**
 * Only what the sender does not know yet; all of it where the message was stored before. `sentAt` is left out where it
 * is what the sender wanted: almost every message goes without, and one number less has to cross.
 */
export type PackedAppended =
  | readonly [messageId: MessageId, seq: number, change: number, sentAt?: Micros]
  | Appended

export const pack = ({
  conversationId,
  senderId,
  clientId,
  replyTo,
  body,
  at,
}: NewMessage): PackedMessage => [conversationId, senderId, clientId, replyTo, body, at]

export function unpack(answer: PackedAppended, message: PackedMessage): Appended {
  if (!isNew(answer)) return answer
  const [messageId, seq, change, movedTo] = answer
  const [conversationId, senderId, , replyTo, body, at] = message
  const sentAt = movedTo ?? at
  return {
    message: { messageId, conversationId, seq, senderId, replyTo, body, sentAt, editedAt: null },
    change,
    isNew: true,
  }
}

const isNew = (answer: PackedAppended): answer is Exclude<PackedAppended, Appended> => Array.isArray(answer)
