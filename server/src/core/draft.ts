import type { Extras } from '../store/store.ts'
import type { Wording } from './events.ts'
import type { FileId, Mention, MessageFormat, MessageId } from './types.ts'

/** A message that is to be sent. */
export interface Draft {
  readonly body: string
  /** The client's own id of this send; the same again returns the first result and delivers nothing. */
  readonly clientId?: string
  readonly replyTo?: MessageId | null
  readonly wording?: Wording
  /** Facts that the native dialect sends, whose messages may be in a thread and quote by place; `replyTo` is then left out. */
  readonly native?: NativeDraft
}

interface NativeDraft {
  readonly format?: MessageFormat
  /** The place of the thread's root. */
  readonly thread?: number | null
  /** The place of the message that this one quotes. */
  readonly replyToSeq?: number | null
  /** Found before by `Mentions.find`, so that the send itself waits for nothing and keeps its place. */
  readonly mentions?: readonly Mention[]
  /** The sender's own complete uploads, at most `MAX_ATTACHMENTS`. */
  readonly files?: readonly FileId[]
}

/** All that the store keeps of it beside its text. */
export const extrasOf = ({
  format = 'plain',
  thread = null,
  replyToSeq = null,
  mentions = [],
  files = [],
}: NativeDraft): Extras => ({
  format,
  thread,
  replyToSeq,
  mentions,
  ...(files.length > 0 && { files }),
})
