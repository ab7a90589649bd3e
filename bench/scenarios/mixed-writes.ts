import { cpuMicros } from '../measure/usage.ts'
import type { Sample } from '../measurement.ts'
import type { MixedWriter, Regular } from '../parts/mixed-writer.ts'
import { startPart } from '../parts/part.ts'
import type { Pace } from '../scenario.ts'
import type { Subject } from '../target.ts'
import { seed } from '../targets/parlance/seed.ts'
import { createSqlite } from '../targets/parlance/storage.ts'

export const sqliteStore: Subject = {
  name: 'parlance store, SQLite',
  durability: 'synced',
  missing: () => undefined,
}

const MEMBERS_EACH = 5
const BATCH = 500
/** One other write after so many sends: as people who talk also come, go and read. */
const EVERY = 100
/** Slices of both kinds by turns, so that whatever else the machine does falls on both. */
const SLICES = 8

/** A node's store and nothing else of it: sends alone, and by turns with them sends among other writes. */
export async function mixedWrites(
  { warmUpSeconds, seconds }: Pace,
  { conversations }: { conversations: number },
): Promise<Sample> {
  await using opened = new AsyncDisposableStack()
  const storage = await createSqlite()
  opened.defer(() => storage.remove())
  const made = await seed(storage, { conversations, membersEach: MEMBERS_EACH, kind: 'open' })
  const regulars = made.flatMap(({ conversationId, people }, n) => {
    const { conversationId: otherId = conversationId } = made[(n + 1) % made.length] ?? {}
    return people.map(({ accountId }): Regular => ({ conversationId, otherId, senderId: accountId }))
  })
  const writer = await startPart<MixedWriter>('mixed-writer.ts', {
    DATABASE_FILE: storage.url.slice('file:'.length),
  })
  opened.defer(() => writer.stop())
  const write = async (every: number, seconds: number) => {
    const before = cpuMicros([writer.pid])
    const written = await writer.tell('write', { regulars, batch: BATCH, every, seconds })
    return { ...written, micros: cpuMicros([writer.pid]) - before }
  }
  const total = { alone: none(), mixed: none() }
  const warmUps = [await write(NEVER, warmUpSeconds / 2), await write(EVERY, warmUpSeconds / 2)]
  for (let slice = 0; slice < SLICES; slice++) {
    add(total.alone, await write(NEVER, seconds / SLICES))
    add(total.mixed, await write(EVERY, seconds / SLICES))
  }
  const { alone, mixed } = total
  const accepted = warmUps.reduce((sum, { messages }) => sum + messages, alone.messages + mixed.messages)
  const stored = await storage.countStored()
  if (stored !== accepted) throw new Error(`${accepted} messages were acknowledged, ${stored} are stored`)
  if (mixed.others === 0) throw new Error('nothing was mixed in')
  return {
    'CPU µs/message': mixed.micros / mixed.messages,
    'CPU µs/message alone': alone.micros / alone.messages,
    'messages/s': mixed.messages / mixed.seconds,
    'messages/s alone': alone.messages / alone.seconds,
    'others/s': mixed.others / mixed.seconds,
    accepted,
    stored,
  }
}

/** A child process gets no Infinity in a message: a count that is never reached. */
const NEVER = Number.MAX_SAFE_INTEGER

interface Totals {
  messages: number
  others: number
  seconds: number
  micros: number
}

const none = (): Totals => ({ messages: 0, others: 0, seconds: 0, micros: 0 })

function add(to: Totals, { messages, others, seconds, micros }: Totals): void {
  to.messages += messages
  to.others += others
  to.seconds += seconds
  to.micros += micros
}
