import type { Static } from 'typebox'
import { OwnAccount, Password } from './account.ts'
import { Conversation, Membership } from './conversation.ts'
import { Attachment } from './file.ts'
import { AccountId, ConversationId, MessageId, Position, Seq, Time } from './ids.ts'
import { Mention, Message } from './message.ts'
import { closed, growing, nullable } from './shapes.ts'
import { Type } from './type.ts'

const Named = growing({ id: AccountId, username: Type.String() })
const { id, gid, kind, name } = Conversation.properties
const { role, readSeq, muted, pinned, archived, notify } = Membership.properties
const { clientId, body, format, replyTo, thread, sentAt, editedAt } = Message.properties

/** One line of an account's own data. */
export const ExportLine = Type.Union([
  growing({
    kind: Type.Literal('export'),
    version: Type.Integer({ title: 'Rises when a line means something else than before' }),
    account: AccountId,
    at: Time,
  }),
  growing({ kind: Type.Literal('profile'), account: OwnAccount, updatedAt: Time, lastSeenAt: Time }),
  growing({ kind: Type.Literal('contact'), account: Named, since: Time }),
  growing({ kind: Type.Literal('block'), account: Named, since: Time }),
  growing({
    kind: Type.Literal('membership'),
    conversation: growing({ id, gid, kind, name }),
    other: nullable(Named),
    joinedAt: Time,
    ...{ role, readSeq, muted, pinned, archived, notify },
  }),
  growing({
    kind: Type.Literal('message'),
    id: MessageId,
    conversation: ConversationId,
    seq: Seq,
    ...{ clientId, body, format, replyTo, thread, sentAt, editedAt },
    mentions: Type.Array(Mention),
    versions: Type.Array(growing({ body: Type.String(), writtenAt: Time }), { title: 'Before each edit' }),
  }),
  growing({
    kind: Type.Literal('reaction'),
    conversation: ConversationId,
    seq: Seq,
    key: Type.String(),
    at: Time,
  }),
  growing({
    kind: Type.Literal('file'),
    id: Attachment.properties.id,
    name: Attachment.properties.name,
    type: Attachment.properties.type,
    size: Attachment.properties.size,
    message: nullable(growing({ conversation: ConversationId, seq: Seq })),
    uploadedAt: Time,
  }),
  growing({
    kind: Type.Literal('end'),
    counts: Type.Record(Type.String(), Position, { title: 'Lines of each kind' }),
  }),
])

export const ExportRequest = closed({ password: Password })

export type ExportLine = Static<typeof ExportLine>
