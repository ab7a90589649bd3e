import type { Static } from 'typebox'
import { Person } from './account.ts'
import { Attachment, MAX_ATTACHMENTS } from './file.ts'
import { AccountId, ConversationId, FileId, MAX_NUMBER, MessageId, Position, Seq, Time } from './ids.ts'
import { closed, growing, nullable } from './shapes.ts'
import { Type } from './type.ts'

const Range = Type.Tuple([Type.Integer({ minimum: 0 }), Type.Integer({ minimum: 0 })], {
  title: 'A range of the text in UTF-16 units: from, and up to but not with',
})

export const Mention = Type.Union([
  growing({ account: AccountId, at: Range }),
  growing({ all: Type.Literal(true), at: Range }),
])

export const Reaction = growing({
  key: Type.String(),
  count: Type.Integer({ minimum: 1 }),
  last: Type.Array(AccountId, { maxItems: 3, title: 'The newest who reacted so, oldest first' }),
})

export const MessageFormat = Type.Enum(['markdown', 'plain'])

const placeOf = (title: string) => nullable(Type.Integer({ minimum: 1, maximum: MAX_NUMBER, title }))

/** Places of other messages of the same conversation, in messages and in what is sent. */
const places = {
  replyTo: placeOf('The `seq` of the message that this one quotes'),
  thread: placeOf('The `seq` of the message whose thread this one is a reply in'),
}

/** Nothing of one recipient is in it, so that one encoding serves everybody. */
export const Message = growing(
  {
    id: MessageId,
    conversation: ConversationId,
    seq: Seq,
    version: Type.Integer({
      minimum: 1,
      title: 'Of two copies, the one with the higher version is the newer',
    }),
    sender: Person,
    clientId: nullable(Type.String()),
    body: Type.String(),
    format: MessageFormat,
    ...places,
    replyCount: Type.Integer({ minimum: 0, title: 'Replies in its thread' }),
    lastReplySeq: placeOf('The `seq` of the last of them'),
    mentions: Type.Array(Mention),
    attachments: Type.Array(Attachment, { maxItems: MAX_ATTACHMENTS }),
    reactions: Type.Array(Reaction),
    sentAt: Time,
    editedAt: nullable(Time),
    deletedAt: nullable(Time),
    pinnedAt: nullable(Time),
  },
  'A message, or the tombstone of a deleted one',
)

/** The client's own id of a send, for ever: the same again answers the first message. */
const ClientId = Type.String({ minLength: 1, maxLength: 64 })

export const NewMessage = closed({
  clientId: ClientId,
  body: Type.String({ title: 'Empty only where files are attached' }),
  format: Type.Optional(Type.Enum(['markdown', 'plain'], { default: 'markdown' })),
  replyTo: Type.Optional(places.replyTo),
  thread: Type.Optional(places.thread),
  attachments: Type.Optional(
    Type.Array(FileId, {
      maxItems: MAX_ATTACHMENTS,
      title: 'Your own complete uploads; each hangs on one message (since 3)',
    }),
  ),
})

export const NewText = closed({ body: Type.String({ minLength: 1 }) })

/** The asker's own reactions among some messages, by their places. */
export const OwnReactions = Type.Record(Type.String({ pattern: '^[1-9][0-9]*$' }), Type.Array(Type.String()))

export const MessagePage = growing({
  items: Type.Array(Message, { title: 'Oldest first, tombstones among them' }),
  own: OwnReactions,
  head: Position,
  hasBefore: Type.Boolean(),
  hasAfter: Type.Boolean(),
})

export const MessageVersion = growing({
  version: Type.Integer({ minimum: 1, title: 'The change that gave the message this text' }),
  body: Type.String(),
  writtenAt: Time,
})

export const Reactions = growing({ seq: Seq, version: Type.Integer(), reactions: Type.Array(Reaction) })

/** A key of a reaction: an emoji, or any short word that the clients agree on. */
export const ReactionKey = Type.String({ minLength: 1, maxLength: 64, title: 'At most 64 bytes of UTF-8' })

export const PinPage = growing({
  items: Type.Array(Message, { title: 'The newest pin first' }),
  own: OwnReactions,
  next: nullable(Type.String()),
})

export const ThreadPage = growing({
  root: Message,
  items: Type.Array(Message, { title: 'Oldest first, tombstones among them, without the root' }),
  own: OwnReactions,
  hasAfter: Type.Boolean(),
})

export const MentionPage = growing({
  items: Type.Array(Message, { title: 'Newest first' }),
  own: Type.Record(ConversationId, OwnReactions),
  next: nullable(Type.String()),
})

/** Enough of a conversation to show where a message was found. */
export const FoundIn = growing({
  id: ConversationId,
  kind: Type.Enum(['private', 'group', 'open']),
  name: nullable(Type.String()),
  other: nullable(Person),
})

export const FoundMessage = growing({
  message: Message,
  conversation: FoundIn,
  highlights: Type.Array(Range, { title: 'Where the words stand in the text, in order' }),
})

export const FoundPage = growing({
  items: Type.Array(FoundMessage, { title: 'Newest first' }),
  next: nullable(Type.String()),
})

export type Message = Static<typeof Message>
export type Mention = Static<typeof Mention>
export type Reaction = Static<typeof Reaction>
export type OwnReactions = Static<typeof OwnReactions>
export type MessagePage = Static<typeof MessagePage>
export type NewMessage = Static<typeof NewMessage>
