import type { AccountNewsItem, OwnOfListings, Ready, RequestId } from '@parlance/protocol'
import type { AccountId, ConversationId, ReceiptNews, TypingEvent } from '../../../core/chat.ts'
import type { Frame } from '../../../delivery/index.ts'
import { wsShortFrames, wsTextFrame } from '../../../transport/index.ts'
import { accountName, conversationName } from '../names.ts'

const frame = (value: object): Frame => wsTextFrame(JSON.stringify(value))

export const LIVE = frame({ op: 'live' })
export const RESUMED = frame({ op: 'resumed' })

/** `listings` are the pieces of JSON of these. */
export const readyFrame = (listings: readonly string[], rest: Omit<Ready, 'op' | 'listings'>): Frame =>
  wsTextFrame(`{"op":"ready","listings":[${listings.join()}],${JSON.stringify(rest).slice(1)}`)

export const goneFrame = (conversationId: ConversationId): Frame =>
  frame({ op: 'gone', conversation: conversationName(conversationId) })

export const gapFrame = (
  conversationId: ConversationId,
  { head, lastChange }: { readonly head: number; readonly lastChange: number },
): Frame => frame({ op: 'gap', conversation: conversationName(conversationId), head, lastChange })

export const accountGapFrame = (cursor: number): Frame => frame({ op: 'gap', account: true, cursor })
export const epochGapFrame = (epoch: string, cursor: number): Frame => frame({ op: 'gap', epoch, cursor })

export const accountFrame = (item: AccountNewsItem): Frame => frame({ op: 'account', ...item })

export const stateFrame = (page: {
  readonly cursor: number
  readonly items: readonly AccountNewsItem[]
  readonly own: OwnOfListings
  readonly done: boolean
}): Frame => frame({ op: 'state', ...page })

export const okFrame = (re: RequestId, ok: object): Frame => frame({ re, ok })
export const goodbyeFrame = (reconnectIn: number): Frame => frame({ op: 'goodbye', reconnectIn })

interface ChangesPage {
  /** The pieces of JSON of the changes. */
  readonly items: readonly string[]
  readonly upTo: number
  readonly isLast: boolean
}

const changesText = (conversationId: ConversationId, { items, upTo, isLast }: ChangesPage): string =>
  `{"op":"changes","conversation":"${conversationName(conversationId)}","items":[${items.join()}],"upTo":${upTo},"done":${isLast}}`

export const changesFrame = (conversationId: ConversationId, page: ChangesPage): Frame =>
  wsTextFrame(changesText(conversationId, page))

export const typingFrame = (
  conversationId: ConversationId,
  accountId: AccountId,
  type: TypingEvent['type'],
): Frame =>
  frame({
    op: 'typing',
    conversation: conversationName(conversationId),
    account: accountName(accountId),
    isTyping: type === 'typing.began',
  })

export const presenceFrame = (accountId: AccountId, online: boolean): Frame =>
  frame({ op: 'presence', account: accountName(accountId), online })

export const receiptFrame = ({ conversationId, accountId, readSeq }: ReceiptNews): Frame =>
  frame({
    op: 'receipt',
    conversation: conversationName(conversationId),
    account: accountName(accountId),
    readSeq,
  })

/** A frame for each of the conversations of which nothing was missed, as one piece for the socket: each piece costs a write. */
export function wholeFrames(
  whole: readonly { readonly conversationId: ConversationId; readonly known: number }[],
): Frame {
  const texts = whole.map(({ conversationId, known }) =>
    changesText(conversationId, { items: [], upTo: known, isLast: true }),
  )
  return wsShortFrames(texts)
}
