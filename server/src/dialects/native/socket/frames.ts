import type { AccountNewsItem, OwnOfListings, Ready, RequestId } from '@parlance/protocol'
import type { AccountId, ConversationId, ReceiptNews, TypingEvent } from '../../../core/chat.ts'
import type { Frame } from '../../../delivery/index.ts'
import { wsTextFrame } from '../../../transport/index.ts'
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

/** `items` are the pieces of JSON of the changes. */
export const changesFrame = (
  conversationId: ConversationId,
  {
    items,
    upTo,
    isLast,
  }: { readonly items: readonly string[]; readonly upTo: number; readonly isLast: boolean },
): Frame =>
  wsTextFrame(
    `{"op":"changes","conversation":"${conversationName(conversationId)}","items":[${items.join()}],"upTo":${upTo},"done":${isLast}}`,
  )

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

/** Several frames as one piece for the socket: each piece costs a write. */
export const togetherInOne = (frames: readonly Frame[]): Frame => ({
  bytes: Buffer.concat(frames.map(({ bytes }) => bytes)),
  headerBytes: 0,
})
