import type { Static } from 'typebox'
import { OwnAccount } from '../account.ts'
import { Listing } from '../conversation.ts'
import { AccountId, ConversationId, Position, SessionId } from '../ids.ts'
import { Problem } from '../problem.ts'
import { growing, nullable } from '../shapes.ts'
import { Type } from '../type.ts'
import { OwnOfListings } from './account-news.ts'
import { RequestId } from './requests.ts'

export const Ready = growing({
  op: Type.Literal('ready'),
  epoch: Type.String({ title: 'Another one than before: drop what you have stored' }),
  session: SessionId,
  account: OwnAccount,
  cursor: Position,
  listings: Type.Array(Listing, { maxItems: 50, title: 'The newest by activity' }),
  own: OwnOfListings,
  next: nullable(Type.String({ title: 'The cursor of GET /v1/conversations; null when these are all' })),
  heartbeat: Type.Integer({ title: 'Seconds; say something at least as often' }),
})

export type Ready = Static<typeof Ready>

export const Gap = Type.Union([
  growing({
    op: Type.Literal('gap'),
    conversation: ConversationId,
    head: Position,
    lastChange: Position,
  }),
  growing({ op: Type.Literal('gap'), account: Type.Literal(true), cursor: Position }),
  growing({ op: Type.Literal('gap'), epoch: Type.String(), cursor: Position }),
])

export const Gone = growing({ op: Type.Literal('gone'), conversation: ConversationId })
export const Resumed = growing({ op: Type.Literal('resumed') })
export const Live = growing({ op: Type.Literal('live') })

export const Answer = Type.Union([
  growing({ re: RequestId, ok: Type.Unknown({ title: 'As the request says' }) }),
  growing({
    re: RequestId,
    error: Problem,
    retryAfter: Type.Optional(Type.Integer({ minimum: 1, title: 'Seconds to wait before asking again' })),
  }),
])

export const Typing = growing({
  op: Type.Literal('typing'),
  conversation: ConversationId,
  account: AccountId,
  isTyping: Type.Boolean(),
})
export const Presence = growing({ op: Type.Literal('presence'), account: AccountId, online: Type.Boolean() })
export const Receipt = growing({
  op: Type.Literal('receipt'),
  conversation: ConversationId,
  account: AccountId,
  readSeq: Position,
})
export const Goodbye = growing({
  op: Type.Literal('goodbye'),
  reconnectIn: Type.Integer({
    minimum: 0,
    title: 'Milliseconds from now on before which you do not connect again',
  }),
})
