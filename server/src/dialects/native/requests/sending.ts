import type { NewMessage } from '@parlance/protocol'
import { ChatError, type FileId, type Mention } from '../../../core/chat.ts'
import { fileIdIn } from '../names.ts'
import { invalid, Refusal } from '../refusal.ts'

/** A message as the core takes it, over REST and over the socket. Refuses one that has neither text nor files. */
export const draftOf = (
  { body, clientId, format = 'markdown', replyTo, thread, attachments = [] }: NewMessage,
  mentions: readonly Mention[],
) => {
  if (body === '' && attachments.length === 0)
    throw invalid({ pointer: '#/body', detail: 'must have at least 1 characters, or a file beside it' })
  const files = attachments.map(fileOf)
  return {
    body,
    clientId,
    native: { format, thread: thread ?? null, replyToSeq: replyTo ?? null, mentions, files },
  }
}

function fileOf(name: string): FileId {
  const fileId = fileIdIn(name)
  if (fileId === undefined) throw new Error('the schema has checked the form')
  return fileId
}

/** The store answers 'conflict' where the client id is another conversation's. */
export const sendRefusal = (error: unknown): unknown =>
  error instanceof ChatError && error.code === 'conflict' ? new Refusal('client_id_reused') : error
