import type { Static } from 'typebox'
import { Person } from './account.ts'
import { AccountId, ConversationId, Position, Seq, Time } from './ids.ts'
import { Message } from './message.ts'
import { closed, growing, nullable } from './shapes.ts'
import { Type } from './type.ts'

export const Role = Type.Enum(['owner', 'admin', 'moderator', 'member', 'reader'])
export const Notify = Type.Enum(['all', 'mentions', 'none'])

export const Conversation = growing(
  {
    id: ConversationId,
    gid: Type.String({ title: 'Eight characters that name it in public' }),
    kind: Type.Enum(['private', 'group', 'open']),
    name: nullable(Type.String()),
    topic: nullable(Type.String()),
    listed: Type.Boolean({ title: 'Whether the directory shows it' }),
    membersAdd: Type.Boolean({ title: 'Whether plain members may add others' }),
    retentionDays: nullable(
      Type.Integer({
        minimum: 1,
        title: 'Days after which its messages are purged, unless the server keeps them for a shorter time',
      }),
    ),
    creator: AccountId,
    createdAt: Time,
    firstSeq: Seq,
    lastSeq: Position,
    lastChange: Position,
    memberCount: Type.Integer({ minimum: 0 }),
    lastMessage: nullable(Message),
  },
  'A conversation',
)

export const ReadState = growing({
  readSeq: Position,
  unread: Type.Integer({ minimum: 0 }),
  mentions: Type.Integer({ minimum: 0 }),
})

/** An account's own side of a conversation. */
export const Membership = growing({
  role: Role,
  ...ReadState.properties,
  muted: Type.Boolean(),
  pinned: Type.Boolean(),
  archived: Type.Boolean(),
  notify: Notify,
})

export const Listing = growing(
  {
    ...Conversation.properties,
    me: Membership,
    can: Type.Array(Type.String(), { title: 'The actions that this account may do here' }),
    other: nullable(Person),
  },
  'A conversation as one of its members sees it',
)

const { id, gid, kind, name, topic, listed, membersAdd, retentionDays, creator, createdAt, memberCount } =
  Conversation.properties

/** A conversation as somebody sees it who is not in it: nothing of its messages. */
export const DirectoryEntry = growing(
  { id, gid, kind, name, topic, listed, membersAdd, retentionDays, creator, createdAt, memberCount },
  'A listed conversation',
)

const Name = Type.String({ minLength: 1, maxLength: 200 })
const Topic = Type.String({ maxLength: 250 })

export const NewConversation = Type.Union([
  closed({ kind: Type.Literal('private'), with: AccountId }),
  closed({
    kind: Type.Literal('group'),
    name: Type.Optional(nullable(Name)),
    members: Type.Array(AccountId, { maxItems: 100 }),
  }),
  closed({
    kind: Type.Literal('open'),
    name: Name,
    topic: Type.Optional(nullable(Topic)),
    listed: Type.Optional(Type.Boolean({ default: true })),
  }),
])

export const ConversationChange = closed({
  name: Type.Optional(nullable(Name)),
  topic: Type.Optional(nullable(Topic)),
  listed: Type.Optional(Type.Boolean()),
  membersAdd: Type.Optional(Type.Boolean()),
  retentionDays: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 36_500 }))),
})

export const MembershipChange = closed({
  muted: Type.Optional(Type.Boolean()),
  pinned: Type.Optional(Type.Boolean()),
  archived: Type.Optional(Type.Boolean()),
  notify: Type.Optional(Notify),
})

export const NewReadMark = closed({
  seq: Position,
  force: Type.Optional(Type.Boolean({ default: false, title: 'Whether the mark may move back' })),
})

export type Conversation = Static<typeof Conversation>
export type Listing = Static<typeof Listing>
export type ReadState = Static<typeof ReadState>
export type DirectoryEntry = Static<typeof DirectoryEntry>
export type NewConversation = Static<typeof NewConversation>
