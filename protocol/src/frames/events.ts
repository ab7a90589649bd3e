import type { Static, TSchema } from 'typebox'
import { Conversation, Role } from '../conversation.ts'
import { AccountId, ConversationId, Position, Seq, Time } from '../ids.ts'
import { Message, Reaction } from '../message.ts'
import { growing, nullable } from '../shapes.ts'
import { Type } from '../type.ts'

const { id, gid, kind, name, topic, listed, membersAdd, retentionDays, creator, createdAt } =
  Conversation.properties

/** Facts of a conversation that stay true until a `conversation.changed`: its counts are in listings. */
export const ConversationFacts = growing(
  { id, gid, kind, name, topic, listed, membersAdd, retentionDays, creator, createdAt },
  'Facts of a conversation',
)

/** A member as events name it. */
export const MemberFacts = growing(
  { account: AccountId, username: Type.String(), role: Role, joinedAt: Time },
  'A member, as events name it',
)

const Version = Type.Integer({ minimum: 1 })
const withMessage = growing({ message: Message })
const pin = growing({ seq: Seq, version: Version, by: AccountId, pinnedAt: nullable(Time) })

/** The data of each type of a conversation's events. */
export const EVENTS = {
  'conversation.created': growing({ conversation: ConversationFacts, members: Type.Array(MemberFacts) }),
  'conversation.changed': growing({ conversation: ConversationFacts, by: AccountId }),
  'message.sent': withMessage,
  'message.edited': withMessage,
  'message.deleted': growing({
    seq: Seq,
    version: Version,
    deletedAt: Time,
    message: Type.Optional(Message),
  }),
  'message.reacted': growing({
    seq: Seq,
    version: Version,
    reactions: Type.Array(Reaction),
    by: Type.Array(growing({ account: AccountId, key: Type.String(), added: Type.Boolean() })),
  }),
  'message.pinned': pin,
  'message.unpinned': pin,
  'history.purged': growing({ upToSeq: Seq }),
  'member.joined': growing({ member: MemberFacts }),
  'member.left': growing({ account: AccountId, by: nullable(AccountId) }),
  'member.changed': growing({ member: MemberFacts, by: AccountId }),
} as const

export type EventType = keyof typeof EVENTS
export type EventData<Type extends EventType> = Static<(typeof EVENTS)[Type]>

const Change = Type.Integer({ minimum: 1, title: "The conversation's number of it" })

const variants = Object.entries(EVENTS) as readonly (readonly [string, TSchema])[]

export const Event = Type.Union(
  variants.map(([type, data]) =>
    growing({
      op: Type.Literal('event'),
      conversation: ConversationId,
      change: Change,
      type: Type.Literal(type),
      data,
    }),
  ),
)

/** A change of a conversation as `changes` frames carry it. */
export const LoggedChange = Type.Union(
  variants.map(([type, data]) => growing({ change: Change, type: Type.Literal(type), data })),
)

type LoggedChangeItem = {
  [Type in EventType]: { readonly change: number; readonly type: Type; readonly data: EventData<Type> }
}[EventType]

/** As `Changes`, over REST. */
export const ChangePage = growing({
  // Made of a list of variants, the union has lost their types.
  items: Type.Unsafe<LoggedChangeItem[]>(
    Type.Array(LoggedChange, { title: 'In order; numbers may be skipped' }),
  ),
  upTo: Position,
  lastChange: Type.Integer({
    minimum: 0,
    title: "The conversation's newest change. What you have got from beyond it is another database's",
  }),
  done: Type.Boolean(),
})

export const Changes = growing({
  op: Type.Literal('changes'),
  conversation: ConversationId,
  items: Type.Array(LoggedChange, { title: 'In order; numbers may be skipped' }),
  upTo: Position,
  done: Type.Boolean(),
})
