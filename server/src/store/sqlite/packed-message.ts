import type { AccountId, ConversationId, MessageFormat, MessageId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { newDetails, plainDetails } from '../message-details.ts'
import type { Appended, Extras, NewMessage } from '../store.ts'

// A message on its way between the threads: bare values cross several times faster than an object's fields.

export type PackedMessage = readonly [
  conversationId: ConversationId,
  senderId: AccountId,
  clientId: string | null,
  replyTo: MessageId | null,
  body: string,
  at: Micros,
  extras?: PackedExtras,
]

/** Extras of a native message: the format alone where there is nothing else, as in almost all of them. */
type PackedExtras = Extras | MessageFormat

const packedExtras = (extras: Extras): PackedExtras => {
  const { format, thread, replyToSeq, mentions, files } = extras
  return thread === null && replyToSeq === null && mentions.length === 0 && !files ? format : extras
}

/** Whether there is more than a format. */
export const isFull = (extras: PackedExtras | undefined): extras is Extras => typeof extras === 'object'

/**
 * Only what the sender does not know yet; all of it where the message was stored before, or has full extras. `sentAt` is left out where it
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
    : [conversationId, senderId, clientId, replyTo, body, at, packedExtras(extras)]

export function unpack(answer: PackedAppended, message: PackedMessage): Appended {
  if (!isPacked(answer)) return answer
  const [messageId, seq, change, movedTo, replyToSeq = null] = answer
  const [conversationId, senderId, clientId, replyTo, body, at, format] = message
  const sentAt = movedTo ?? at
  const plain = { messageId, conversationId, seq, senderId, replyTo, body, sentAt, editedAt: null }
  if (format !== undefined && !isFull(format)) {
    const message = newDetails(plain, { ...NOTHING_ELSE, format }, { change, clientId })
    return { message, change, isNew: true, touched: [] }
  }
  return { message: plainDetails(plain, { change, clientId, replyToSeq }), change, isNew: true }
}

const NOTHING_ELSE = { thread: null, replyToSeq: null, mentions: [] } as const

const isPacked = (answer: PackedAppended): answer is Exclude<PackedAppended, Appended> =>
  Array.isArray(answer)
