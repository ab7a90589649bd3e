import { type Postgres, postgresIsMissing, startPostgres } from '../measure/postgres.ts'
import { cpuMicros, familyOf } from '../measure/usage.ts'
import type { Sample } from '../measurement.ts'
import type { Desk } from '../parts/desk.ts'
import { type Part, startPart } from '../parts/part.ts'
import type { Writer } from '../parts/writer.ts'
import type { Pace } from '../scenario.ts'
import type { Subject } from '../target.ts'
import { seed } from '../targets/parlance/seed.ts'
import { storageIn } from '../targets/parlance/storage.ts'

export const postgresStore: Subject = {
  name: 'parlance store, PostgreSQL',
  durability: 'synced',
  missing: postgresIsMissing,
}

const MEMBERS_EACH = 5
/** Half of what a batch may hold at most. */
const LARGE = 500

/**
 * A node's store and nothing else of it, one batch after the other: of one message each, then of hundreds. From
 * the two follows what a batch costs, whatever is in it, and what each message in it.
 */
export async function postgresBatches(
  pace: Pace,
  { conversations }: { conversations: number },
): Promise<Sample> {
  await using opened = new AsyncDisposableStack()
  const postgres = await startPostgres()
  opened.defer(() => postgres.stop())
  const made = await seed(storageIn(postgres), { conversations, membersEach: MEMBERS_EACH, kind: 'group' })
  const desks = made.flatMap(({ conversationId, people }) =>
    people.map(({ accountId }): Desk => ({ conversationId, senderId: accountId })),
  )
  const writer = await startPart<Writer>('writer.ts', { DATABASE_URL: postgres.url })
  opened.defer(() => writer.stop())
  // The large ones first: so few small ones as there are would not warm a compiler up.
  const large = await measure({ postgres, writer, desks, batch: LARGE, pace })
  const small = await measure({ postgres, writer, desks, batch: 1, pace })
  const costs = (what: string, of: (costs: Costs) => number, where = ''): Sample => {
    const message = (of(large) - of(small)) / (LARGE - 1)
    return { [`${what}/batch${where}`]: of(small) - message, [`${what}/message${where}`]: message }
  }
  return {
    ...costs('CPU µs', ({ nodeMicros }) => nodeMicros, ' in nodes'),
    ...costs('CPU µs', ({ databaseMicros }) => databaseMicros, ' in PostgreSQL'),
    'batches/s': small.perSecond,
    'messages/s': large.perSecond * LARGE,
    ...costs('WAL bytes', ({ walBytes }) => walBytes),
    ...(await storedBytes(postgres, small.messages + large.messages)),
  }
}

interface Load {
  readonly postgres: Postgres
  readonly writer: Part<Writer>
  readonly desks: readonly Desk[]
  readonly batch: number
  readonly pace: Pace
}

/** Costs of one batch of this size; `messages` counts all. */
interface Costs {
  readonly nodeMicros: number
  readonly databaseMicros: number
  readonly walBytes: number
  readonly perSecond: number
  /** All acknowledged messages, those of the warm-up too. */
  readonly messages: number
}

async function measure({ postgres, writer, desks, batch, pace }: Load): Promise<Costs> {
  const warmUp = await writer.tell('write', { desks, batch, seconds: pace.warmUpSeconds })
  const before = await snapshot(postgres, writer)
  const { batches, messages, seconds } = await writer.tell('write', { desks, batch, seconds: pace.seconds })
  const after = await snapshot(postgres, writer)
  if (messages !== batches * batch) throw new Error(`${messages} messages went in ${batches} batches`)
  return {
    nodeMicros: (after.nodeMicros - before.nodeMicros) / batches,
    databaseMicros: (after.databaseMicros - before.databaseMicros) / batches,
    walBytes: (after.walBytes - before.walBytes) / batches,
    perSecond: batches / seconds,
    messages: warmUp.messages + messages,
  }
}

async function snapshot(postgres: Postgres, writer: Part<Writer>) {
  const walBytes = Number(await postgres.query("SELECT pg_current_wal_lsn() - '0/0'"))
  return {
    walBytes,
    nodeMicros: cpuMicros([writer.pid]),
    databaseMicros: cpuMicros(familyOf(postgres.pid)),
  }
}

/** Disk space that each stored message takes. */
async function storedBytes(postgres: Postgres, accepted: number): Promise<Sample> {
  const row = await postgres.query(
    "SELECT pg_table_size('messages'), pg_indexes_size('messages'), count(*) FROM messages",
  )
  const [table = 0, indexes = 0, stored = 0] = row.split('|').map(Number)
  if (stored !== accepted) throw new Error(`${accepted} messages were acknowledged, ${stored} are stored`)
  return {
    'table bytes/message': table / stored,
    'index bytes/message': indexes / stored,
    accepted,
    stored,
  }
}
