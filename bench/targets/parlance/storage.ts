import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { agreeOnSecrets, loadSecrets, type Secrets } from '../../../server/src/secrets/index.ts'
import { openPostgresStore } from '../../../server/src/store/postgres/index.ts'
import { openSqliteStore } from '../../../server/src/store/sqlite/index.ts'
import type { Store } from '../../../server/src/store/store.ts'
import { type Postgres, startPostgres } from '../../measure/postgres.ts'
import { countIn } from '../../measure/sqlite-archive.ts'
import { familyOf } from '../../measure/usage.ts'
import type { Engines } from '../../target.ts'

/** A database for one Parlance, empty at first. */
export interface Storage {
  /** As `DATABASE_URL` names it. */
  readonly url: string
  /** The database's own processes; none where it is a library. */
  readonly engines: Engines
  /** Opens it as a server does, to fill it. */
  openStore(): Promise<Store>
  /** The secrets of every server that runs on this database. */
  secrets(): Promise<Secrets>
  countStored(): Promise<number>
  remove(): Promise<void>
}

const COUNT = 'SELECT count(*) FROM messages'

/** In a file, which others may read. */
export interface SqliteStorage extends Storage {
  readonly file: string
}

export async function createSqlite(): Promise<SqliteStorage> {
  const directory = await mkdtemp(join(tmpdir(), 'parlance-bench-'))
  const file = join(directory, 'parlance.db')
  return {
    file,
    url: `file:${file}`,
    engines: {},
    openStore: () => openSqliteStore({ file }),
    secrets: async () => loadSecrets(directory),
    countStored: async () => countIn(file, COUNT),
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

/** In a PostgreSQL of its own. */
export const createPostgres = async (): Promise<Storage> => storageIn(await startPostgres())

/** All of that PostgreSQL, which ends with it. */
export function storageIn(postgres: Postgres): Storage {
  const openStore = () => openPostgresStore({ url: postgres.url })
  return {
    url: postgres.url,
    // Looked up when asked for: a server connects again where it needs to.
    get engines() {
      return { PostgreSQL: familyOf(postgres.pid) }
    },
    openStore,
    secrets: async () => {
      const store = await openStore()
      return agreeOnSecrets((name, proposal) => store.agreeOn(name, proposal)).finally(() => store.close())
    },
    countStored: async () => Number(await postgres.query(COUNT)),
    remove: () => postgres.stop(),
  }
}
