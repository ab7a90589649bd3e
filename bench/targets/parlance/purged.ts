import { execFile } from 'node:child_process'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import type { Running, Subject } from '../../target.ts'
import { connectChatapp } from './clients.ts'
import { seed } from './seed.ts'
import { MAIN, startOn } from './server.ts'
import { createSqlite } from './storage.ts'

/** A server with a long conversation that an operator purges, and people who talk in another. */
export interface PurgedWorld {
  /** Its conversation 0 is that of those who talk. */
  readonly others: Running
  /** Has all messages of the long one purged, by the operator's command. Resolves when that is ordered. */
  order(): Promise<void>
  /** Messages of the long one that are purged by now. */
  count(): number
}

export const parlancePurged: Subject = {
  name: 'parlance, SQLite',
  durability: 'synced',
  missing: () => undefined,
}

const run = promisify(execFile)

export async function startPurged(size: { messages: number; people: number }): Promise<PurgedWorld> {
  await using opened = new AsyncDisposableStack()
  const storage = await createSqlite()
  opened.defer(() => storage.remove())
  const world = { kind: 'group', conversations: 2, membersEach: size.people, history: size.messages } as const
  const conversations = await seed(storage, world)
  const parlance = await startOn({ storage, conversations })
  opened.defer(() => parlance.stop())
  const [long, talking] = conversations
  if (!long || !talking) throw new Error('no such conversation')
  const db = new DatabaseSync(storage.file, { readOnly: true })
  opened.defer(() => db.close())
  const first = db.prepare('SELECT first_seq AS seq FROM conversations WHERE id = ?')
  const closing = opened.move()
  return {
    order: async () => {
      const args = [MAIN, 'conversations', 'purge', `c_${long.conversationId}`, '--keep-days', '0']
      await run(process.execPath, args, { env: { ...process.env, DATABASE_URL: storage.url } })
    },
    count: () => Number(first.get(long.conversationId)?.seq ?? 1) - 1,
    others: {
      pids: [parlance.pid],
      connect: ({ member }, ear) => {
        const person = talking.people[member]
        if (!person) throw new Error('no such place')
        return connectChatapp({ parlance, conversation: talking, person, ear })
      },
      // Purged messages are gone, so that what is stored is no sum of what was sent.
      countStored: async () => undefined,
      stop: () => closing.disposeAsync(),
    },
  }
}
