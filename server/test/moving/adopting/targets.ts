import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import postgres from 'postgres'
import { newUuid } from '../../../src/lib/ids.ts'
import type { NewId, Note } from '../../../src/store/moving.ts'
import { parlance } from '../../support/command.ts'
import { POSTGRES_URL, postgresIsMissing } from '../../support/postgres.ts'
import { startParlance, type TestServer } from '../../support/server.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** An empty database to adopt into: the settings that name it. */
type Settings = Readonly<Record<string, string>>

/** An empty database on each engine. */
export const TARGETS = [
  {
    name: 'SQLite',
    missing: undefined,
    make: async (t: TestContext): Promise<Settings> => ({ DBPATH: join(await tempDir(t), 'chat.db') }),
  },
  {
    name: 'PostgreSQL',
    missing: await postgresIsMissing(),
    make: async (t: TestContext): Promise<Settings> => ({
      DATABASE_URL: await ownDatabase(t),
      FILES_DIR: await tempDir(t),
    }),
  },
] as const

const stacks = new WeakMap<TestContext, AsyncDisposableStack>()

/** As `t.after`, but the last comes first: a client ends before its server, and that before its database. */
export function lastFirst(t: TestContext, end: () => unknown): void {
  const stack = stacks.get(t) ?? new AsyncDisposableStack()
  if (!stacks.has(t)) t.after(() => stack.disposeAsync())
  stacks.set(t, stack)
  stack.defer(async () => void (await end()))
}

/** A database of its own, dropped after the test: connections of all others to the shared one count as servers. */
export async function ownDatabase(t: TestContext): Promise<string> {
  const name = `parlance_adopt_${newUuid().replaceAll('-', '')}`
  const sql = postgres(POSTGRES_URL, { max: 1, onnotice: () => undefined })
  lastFirst(t, () => sql.end({ timeout: 1 }))
  await sql`CREATE DATABASE ${sql(name)}`
  lastFirst(t, () => sql`DROP DATABASE ${sql(name)} WITH (FORCE)`)
  const url = new URL(POSTGRES_URL)
  url.pathname = `/${name}`
  return url.href
}

export const optionsOf = (settings: Settings): string[] =>
  Object.entries(settings).flatMap(([name, value]) => [`--${name.toLowerCase().replaceAll('_', '-')}`, value])

export interface Adopted {
  readonly server: TestServer
  readonly notes: readonly Note[]
  readonly ids: readonly NewId[]
  readonly stderr: string
}

interface Adoption {
  readonly kind: string
  readonly source: string
  readonly settings: Settings
}

/** Adopts by the command line, and starts a server on what came of it. */
export async function adopted(t: TestContext, { kind, source, settings }: Adoption): Promise<Adopted> {
  const directory = join(await tempDir(t), 'told')
  const { code, stderr } = await parlance(
    t,
    ...['adopt', kind, source, '--report', directory],
    ...optionsOf(settings),
  )
  assert.equal(code, 0, stderr)
  assert.match(stderr, /^Adopted, and verified by counts and checksums/m)
  const server = await startParlance(settings)
  lastFirst(t, () => server.close())
  const lines = async <Line>(file: string) =>
    (await readFile(join(directory, file), 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line)
  return { server, notes: await lines<Note>('notes.ndjson'), ids: await lines<NewId>('ids.ndjson'), stderr }
}
