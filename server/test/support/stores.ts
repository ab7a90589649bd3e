import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import type { Store } from '../../src/store/store.ts'
import { newSchema, postgresIsMissing } from './postgres.ts'
import { writeEmptyDatabase } from './sqlite.ts'

interface OfferedStore {
  readonly name: string
  /** Why it cannot be opened. */
  readonly missing: string | undefined
  readonly open: () => Promise<[store: Store, remove: () => Promise<unknown>]>
}

/** An empty store on each engine, for what must hold on both. */
export const stores = async (): Promise<readonly OfferedStore[]> => [
  {
    name: 'SQLite',
    missing: undefined,
    open: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'parlance-'))
      const file = join(folder, 'chat.db')
      writeEmptyDatabase(file)
      return [await openSqliteStore({ file }), () => rm(folder, { recursive: true })]
    },
  },
  {
    name: 'PostgreSQL',
    missing: await postgresIsMissing(),
    open: async () => {
      const { url, drop } = await newSchema()
      return [await openPostgresStore({ url }), drop]
    },
  },
]
