import { accountsOf, each, identified, numberIn, optional, type TablePlan, textIn } from './table-origin.ts'

/** Tables of ChatBackend, whose times are of UTC and whose passwords are stored as they are. */
export const ROOMS: readonly TablePlan[] = [
  {
    table: 'users',
    columns: { id: 'integer', uuid: 'text', login: 'text', username: 'text', password: 'text' },
    order: ['id'],
    take: accountsOf((row) => ({
      ...identified('users', row),
      ...{ uuid: optional(row, 'uuid'), username: textIn(row, 'login') },
      displayName: optional(row, 'username'),
      password: { kind: 'plain', text: textIn(row, 'password') },
    })),
  },
  {
    table: 'rooms',
    columns: { id: 'integer', room_gid: 'text', owner: 'integer', created: 'time' },
    order: ['id'],
    take: each((row, intake) => {
      const place = `rooms, id ${row.id}`
      const [key, creatorKey] = [textIn(row, 'id'), optional(row, 'owner')]
      intake.conversation({
        ...{ place, key, id: numberIn(row, 'id'), kind: 'open', creatorKey },
        ...{ gid: optional(row, 'room_gid'), createdAt: row.created },
      })
      if (creatorKey !== null)
        intake.member({ place, conversationKey: key, accountKey: creatorKey, joinedAt: row.created })
    }),
  },
  {
    table: 'messages',
    columns: { id: 'integer', room: 'integer', sender: 'integer', created: 'time', msg: 'text' },
    order: ['id'],
    take: each((row, intake) => {
      const place = `messages, id ${row.id}`
      const [conversationKey, senderKey] = [textIn(row, 'room'), textIn(row, 'sender')]
      intake.message({
        ...{ place, key: textIn(row, 'id'), id: numberIn(row, 'id'), conversationKey, senderKey },
        ...{ body: textIn(row, 'msg'), at: row.created },
      })
      // There are no members: those are in a room who have written in it.
      if (intake.hasConversation(conversationKey) && intake.hasAccount(senderKey))
        intake.member({ place, conversationKey, accountKey: senderKey, joinedAt: row.created })
    }),
  },
]
