import { accountsOf, each, identified, optional, type TablePlan, textIn } from './table-origin.ts'

/** Tables of messenger, whose times have a zone and whose passwords are argon2 hashes. */
export const MESSENGER: readonly TablePlan[] = [
  {
    table: 'user',
    columns: {
      ...{ id: 'integer', username: 'text', password: 'text', email: 'text', email_confirmed: 'flag' },
      ...{ bio: 'text', created_at: 'time' },
    },
    order: ['id'],
    take: accountsOf((row) => ({
      ...identified('user', row),
      ...{ username: textIn(row, 'username'), email: optional(row, 'email'), bio: optional(row, 'bio') },
      ...{ emailConfirmed: row.email_confirmed === 1, createdAt: row.created_at },
      password: { kind: 'hash', text: textIn(row, 'password') },
    })),
  },
  {
    table: 'chat',
    columns: { id: 'integer', name: 'text', type: 'text', creator_id: 'integer', created_at: 'time' },
    order: ['id'],
    take: each((row, intake) =>
      intake.conversation({
        ...identified('chat', row),
        ...{ kind: row.type === 'private' ? 'private' : 'group', name: optional(row, 'name') },
        ...{ creatorKey: optional(row, 'creator_id'), createdAt: row.created_at },
      }),
    ),
  },
  {
    table: 'chat_participant',
    columns: { id: 'integer', joined_at: 'time', chat_id: 'integer', user_id: 'integer' },
    order: ['id'],
    take: each((row, intake) =>
      intake.member({
        ...{ place: `chat_participant, id ${row.id}`, joinedAt: row.joined_at },
        ...{ conversationKey: textIn(row, 'chat_id'), accountKey: textIn(row, 'user_id') },
      }),
    ),
  },
  {
    table: 'message',
    columns: {
      ...{ id: 'integer', contents: 'text', author_id: 'integer', chat_id: 'integer', created_at: 'time' },
    },
    order: ['id'],
    take: each((row, intake) =>
      intake.message({
        ...identified('message', row),
        ...{ conversationKey: textIn(row, 'chat_id'), senderKey: textIn(row, 'author_id') },
        ...{ body: textIn(row, 'contents'), at: row.created_at },
      }),
    ),
  },
]
