import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { nodeCommand } from '../measure/node-command.ts'
import { type Postgres, postgresIsMissing, startPostgres } from '../measure/postgres.ts'
import { spawnPinned } from '../measure/process.ts'
import { cpuMicros, endedMicros, familyOf } from '../measure/usage.ts'
import type { Sample } from '../measurement.ts'
import type { Subject } from '../target.ts'
import { seed } from '../targets/parlance/seed.ts'
import { MAIN } from '../targets/parlance/server.ts'
import { createSqlite, storageIn } from '../targets/parlance/storage.ts'

export const parlanceMigrate: Subject = {
  name: 'parlance migrate, PostgreSQL',
  durability: 'synced',
  missing: postgresIsMissing,
}

/** The command moves so many messages from a SQLite file to an empty PostgreSQL, checks included. */
export async function migrate(stored: number): Promise<Sample> {
  await using opened = new AsyncDisposableStack()
  // First, so that by the time it is measured nothing of its start is left.
  const postgres = await startPostgres()
  opened.defer(() => postgres.stop())
  const from = await createSqlite()
  opened.defer(() => from.remove())
  await seed(from, { conversations: 1, membersEach: 1, history: stored, kind: 'group' })
  await from.secrets()

  const databaseBefore = databaseMicros(postgres)
  const command = nodeCommand(MAIN, 'migrate', '--from', from.url.slice('file:'.length))
  const { seconds, micros } = await run(command, { DATABASE_URL: postgres.url })
  await untilLeft(postgres)
  const inPostgres = databaseMicros(postgres) - databaseBefore
  const moved = await storageIn(postgres).countStored()
  if (moved !== stored) throw new Error(`of ${stored} messages, ${moved} were moved`)
  return {
    'CPU µs/message': (micros + inPostgres) / stored,
    'CPU µs/message in nodes': micros / stored,
    'CPU µs/message in PostgreSQL': inPostgres / stored,
    'messages/s': stored / seconds,
    's to move all': seconds,
    stored: moved,
  }
}

/** Its time, and its processor time in microseconds. */
async function run(command: readonly string[], env: Readonly<Record<string, string>>) {
  const startedAt = performance.now()
  const before = endedMicros(process.pid)
  const { child, output } = spawnPinned(command, { env })
  const [exitCode] = await once(child, 'exit')
  if (exitCode !== 0) throw new Error(`${command.join(' ')} has failed: ${output()}`)
  return { seconds: (performance.now() - startedAt) / 1000, micros: endedMicros(process.pid) - before }
}

/** With that of connections that have ended. */
const databaseMicros = ({ pid }: Postgres): number => cpuMicros(familyOf(pid)) + endedMicros(pid)

/** The command's connections end a little later than it. */
async function untilLeft({ query }: Postgres): Promise<void> {
  while ((await query(CONNECTED)) !== '0') await setTimeout(10)
}

const CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'parlance'"
