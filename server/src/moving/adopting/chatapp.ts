import { accountsOf, each, identified, optional, type TablePlan, textIn } from './table-origin.ts'

/** Tables of chatapp, whose times are seconds of UTC and whose passwords are argon2 hashes. */
export const CHATAPP: readonly TablePlan[] = [
  {
    table: 'users',
    columns: {
      ...{ id: 'integer', username: 'text', fullname: 'text', password: 'text' },
      ...{ last_online: 'time', created_at: 'time' },
    },
    order: ['id'],
    take: accountsOf((row) => ({
      ...identified('users', row),
      ...{ username: textIn(row, 'username'), displayName: optional(row, 'fullname') },
      ...{ createdAt: row.created_at, lastSeenAt: row.last_online },
      password: { kind: 'hash', text: textIn(row, 'password') },
    })),
  },
  {
    table: 'conversations',
    columns: { id: 'integer', name: 'text' },
    order: ['id'],
    take: each((row, intake) =>
      intake.conversation({
        ...identified('conversations', row),
        ...{ kind: 'unsaid', name: optional(row, 'name') },
      }),
    ),
  },
  {
    table: 'members',
    columns: { conversation_id: 'integer', user_id: 'integer' },
    order: ['conversation_id', 'user_id'],
    take: each((row, intake) => {
      const place = `members, conversation_id ${row.conversation_id}, user_id ${row.user_id}`
      const [conversationKey, accountKey] = [textIn(row, 'conversation_id'), textIn(row, 'user_id')]
      intake.member({ place, conversationKey, accountKey })
    }),
  },
  {
    table: 'messages',
    columns: {
      ...{ id: 'integer', sender_id: 'integer', conversation_id: 'integer', reply_id: 'integer' },
      ...{ sent_at: 'time', content: 'text' },
    },
    order: ['id'],
    take: each((row, intake) =>
      intake.message({
        ...identified('messages', row),
        ...{ conversationKey: textIn(row, 'conversation_id'), senderKey: textIn(row, 'sender_id') },
        ...{ body: textIn(row, 'content'), at: row.sent_at, replyKey: optional(row, 'reply_id') },
      }),
    ),
  },
  {
    table: 'contacts',
    columns: { user_id: 'integer', contact_id: 'integer' },
    order: ['user_id', 'contact_id'],
    take: each((row, intake) => {
      const [accountKey, contactKey] = [textIn(row, 'user_id'), textIn(row, 'contact_id')]
      const place = `contacts, user_id ${accountKey}, contact_id ${contactKey}`
      intake.contact({ place, accountKey, contactKey })
    }),
  },
]
