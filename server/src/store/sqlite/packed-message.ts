import type { AccountId, ConversationId, MessageId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { plainDetails } from '../message-details.ts'
import type { Appended, Extras, NewMessage } from '../store.ts'

// A message on its way between the threads: bare values cross several times faster than an object's fields.

export type PackedMessage = readonly [
  conversationId: ConversationId,
  senderId: AccountId,
  clientId: string | null,
  replyTo: MessageId | null,
  body: string,
  at: Micros,
  extras?: Extras,
]

/**
 * Only what the sender does not know yet; all of it where the message was stored before, or has extras. `sentAt` is left out where it
 * is what the sender wanted: almost every message goes without, and one number less has to cross. The place of what a
 * reply quotes is there for replies alone.
 */
export type PackedAppended =
  | readonly [messageId: MessageId, seq: number, change: number, sentAt?: Micros, replyToSeq?: number]
  | Appended

export const pack = ({
  conversationId,
  senderId,
  clientId,
  replyTo,
  body,
  at,
  extras,
}: NewMessage): PackedMessage =>
  extras === undefined
    ? [conversationId, senderId, clientId, replyTo, body, at]
    : [conversationId, senderId, clientId, replyTo, body, at, extras]

export function unpack(answer: PackedAppended, message: PackedMessage): Appended {
  if (!isPacked(answer)) return answer
  const [messageId, seq, change, movedTo, replyToSeq = null] = answer
  const [conversationId, senderId, clientId, replyTo, body, at] = message
  const sentAt = movedTo ?? at
  const plain = { messageId, conversationId, seq, senderId, replyTo, body, sentAt, editedAt: null }
  return { message: plainDetails(plain, { change, clientId, replyToSeq }), change, isNew: true }
}

const isPacked = (answer: PackedAppended): answer is Exclude<PackedAppended, Appended> =>
  Array.isArray(answer)
