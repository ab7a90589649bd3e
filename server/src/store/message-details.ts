import {
  type AccountId,
  type Attachment,
  type ConversationId,
  FRESH,
  type Mention,
  type Message,
  type MessageFacts,
  type MessageId,
  type Reaction,
} from '../core/types.ts'
import type { Micros } from '../lib/clock.ts'
import type { Extras } from './store.ts'

// All that is kept of a message, from a row: the same whatever the engine.

/** A message from a row: its attachments are JSON, and null where there are none. */
export type MessageRow = Omit<Message, 'attachments'> & { readonly attachments: string | null }

/** Null where there is none: most messages have nothing of it. */
export interface DetailRow extends MessageRow {
  readonly version: number
  readonly clientId: string | null
  readonly isMarkdown: number | boolean | null
  readonly thread: number | null
  readonly replyToSeq: number | null
  readonly replyCount: number | null
  readonly lastReplySeq: number | null
  /** JSON, as are the reactions. */
  readonly mentions: string | null
  readonly reactions: string | null
  readonly pinnedAt: number | null
  readonly deletedAt: number | null
}

export const detailsOf = ({
  isMarkdown,
  replyCount,
  mentions,
  reactions,
  attachments,
  ...row
}: DetailRow): MessageFacts => ({
  ...row,
  ...attachmentsIn(attachments),
  format: isMarkdown ? 'markdown' : 'plain',
  replyCount: replyCount ?? 0,
  mentions: listOf<Mention>(mentions),
  reactions: listOf<Reaction>(reactions),
})

/** A purged message, of which nothing is kept but that it was sent. */
export interface PurgedRow {
  readonly messageId: MessageId
  readonly conversationId: ConversationId
  readonly seq: number
  readonly senderId: AccountId
  readonly clientId: string
  readonly change: number
  readonly sentAt: Micros
  readonly purgedAt: Micros
}

/** As a tombstone. */
export const purgedMessage = ({ change, purgedAt, ...kept }: PurgedRow): MessageFacts => ({
  ...FRESH,
  ...kept,
  ...{ replyTo: null, body: '', editedAt: null, version: change, deletedAt: purgedAt },
})

/** Left out where there are none. Copied, because an engine's rows may have no prototype. */
export const messageIn = ({ attachments, ...message }: MessageRow): Message => ({
  ...message,
  ...attachmentsIn(attachments),
})

export const attachmentsIn = (text: string | null): Pick<Message, 'attachments'> =>
  text === null ? {} : { attachments: listOf<Attachment>(text) }

// A write of this server has put it there.
const listOf = <Entry>(text: string | null): readonly Entry[] =>
  text === null ? [] : (JSON.parse(text) as readonly Entry[])

/** All that is kept of a message that has just been sent. */
export const newDetails = (
  message: Message,
  { format, thread, replyToSeq, mentions }: Omit<Extras, 'files'>,
  { change, clientId }: { change: number; clientId: string | null },
): MessageFacts => ({
  ...message,
  ...FRESH,
  version: change,
  ...{ clientId, format, thread, replyToSeq, mentions },
})

interface Sent {
  readonly change: number
  readonly clientId: string | null
  readonly replyToSeq: number | null
}

/** The same of one that was sent without extras: the message itself where that is all, which spares almost every send the rest. */
export const plainDetails = (
  message: Message,
  { change, clientId, replyToSeq }: Sent,
): Message | MessageFacts =>
  clientId === null && replyToSeq === null
    ? message
    : { ...message, ...FRESH, version: change, clientId, replyToSeq }
