import type { ForeignRow } from '../../store/moving.ts'
import type { Intake } from './intake.ts'
import { accountsOf, each, identified, numberIn, type TablePlan, textIn } from './table-origin.ts'

/** Tables of the Flask API, which has no times; its passwords are werkzeug's hashes. */
export const CHANNELS: readonly TablePlan[] = [
  {
    table: 'users',
    columns: { id: 'integer', username: 'text', password: 'text' },
    order: ['id'],
    take: accountsOf((row) => ({
      ...identified('users', row),
      username: textIn(row, 'username'),
      password: { kind: 'hash', text: textIn(row, 'password') },
    })),
  },
  {
    table: 'channels',
    columns: { id: 'integer', name: 'text', from_user: 'integer', to_user: 'integer' },
    order: ['id'],
    take: each(channel),
  },
  {
    table: 'messages',
    columns: { id: 'integer', message: 'text', from_user: 'integer', channel_id: 'integer' },
    order: ['id'],
    take: each((row, intake) =>
      intake.message({
        ...identified('messages', row),
        ...{ conversationKey: textIn(row, 'channel_id'), senderKey: textIn(row, 'from_user') },
        body: textIn(row, 'message'),
      }),
    ),
  },
]

/** A pair may have a channel each way: both are the one private conversation that a pair has. */
function channel(row: ForeignRow, intake: Intake): void {
  const place = `channels, id ${row.id}`
  const [key, from, to] = [textIn(row, 'id'), textIn(row, 'from_user'), textIn(row, 'to_user')]
  const pair = `/pair ${[from, to].sort().join(' ')}`
  if (intake.hasConversation(pair)) {
    intake.alias(key, pair)
    const why = 'its two people have a channel already, and it is one with that'
    intake.note({ what: 'conversation', place, done: 'changed', why })
    return
  }
  intake.conversation({ place, key, id: numberIn(row, 'id'), kind: 'private', creatorKey: from })
  intake.alias(pair, key)
  for (const accountKey of [from, to]) intake.member({ place, conversationKey: key, accountKey })
}
