import { join } from 'node:path'
import type { Owner } from './owner.ts'
import { newSchema } from './postgres.ts'
import { tempDir } from './temp-dir.ts'

/** An empty database, as a server's settings name it and as the options of an operator's command do. */
interface Operated {
  readonly settings: Readonly<Record<string, string>>
  readonly options: readonly string[]
}

/** Each kind of database that operators' commands work on. It goes with its owner. */
export const OPERATED_STORES: Readonly<Record<string, (owner: Owner) => Promise<Operated>>> = {
  SQLite: async (owner) => {
    const file = join(await tempDir(owner), 'parlance.db')
    return { settings: { DBPATH: file }, options: ['--dbpath', file] }
  },
  PostgreSQL: async (owner) => {
    const { url, drop } = await newSchema()
    owner.after(drop)
    return { settings: { DATABASE_URL: url }, options: ['--database-url', url] }
  },
}
