import type { NewMessage } from '@parlance/protocol'
import { ChatError, type Mention } from '../../../core/chat.ts'
import { Refusal } from '../refusal.ts'

/** A message as the core takes it, over REST and over the socket. */
export const draftOf = (
  { body, clientId, format = 'markdown', replyTo, thread }: NewMessage,
  mentions: readonly Mention[],
) => ({
  body,
  clientId,
  native: { format, thread: thread ?? null, replyToSeq: replyTo ?? null, mentions },
})

/** The store answers 'conflict' where the client id is another conversation's. */
export const sendRefusal = (error: unknown): unknown =>
  error instanceof ChatError && error.code === 'conflict' ? new Refusal('client_id_reused') : error
