import type { Client, ConversationHandle, Listing, TimelineItem } from '@parlance/client'
import type { ReadBy } from '../../lib/use-readers.ts'

export type Said = Extract<TimelineItem, { kind: 'message' }>

export interface RowContext {
  readonly client: Client
  readonly place: ConversationHandle
  readonly listing: Listing
  readonly me: string
  readonly myName: string
  /** A message that is loaded, by its place. */
  readonly find: (seq: number) => Said | undefined
  readonly jump: (seq: number) => void
  /** The row that takes the focus when it comes to the list; of all others only keys lead there. */
  readonly focusable?: string | undefined
  /** Where the row is shown in a pane of a thread: the message that is answered there. */
  readonly thread?: number
  /** The message that its reader was just led to. */
  readonly marked?: number | undefined
  /** The message of one's own beside which it is shown who has read it. */
  readonly readBy?: ReadBy | undefined
  readonly onReply: (item: Said) => void
  readonly onEdit: (item: Said) => void
}

/** Rows of a list are one stop for the Tab key; those of a thread are few, and one each. */
export const tabIndexOf = (key: string, { thread, focusable }: RowContext): 0 | -1 =>
  thread !== undefined || key === focusable ? 0 : -1
