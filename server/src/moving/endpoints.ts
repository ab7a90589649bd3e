import type { Database } from '../config/index.ts'
import { agreedSecrets, keepSecrets, readSecrets, SECRETS, type Secrets } from '../secrets/index.ts'
import type { ForeignDatabase, MovingSource, MovingTarget } from '../store/moving.ts'
import {
  makeStaging,
  openForeignSqlite,
  openSqliteSource,
  openSqliteTarget,
  reopenStaging,
} from '../store/sqlite/moving.ts'

export { makeStaging, openForeignSqlite, reopenStaging }

/** Where rows come from, and the secrets that belong to them. */
interface From {
  readonly source: MovingSource
  readonly secrets: Secrets
}

interface To {
  readonly target: MovingTarget
  /** From then on its servers use them. Refuses to put them in the place of a file with others. */
  keepSecrets(secrets: Secrets): Promise<void>
}

/** A locked one is open in no server; only a file can be. */
export async function openSource(database: Database, { isLocked }: { isLocked: boolean }): Promise<From> {
  if (database.kind === 'sqlite') {
    const { file, directory } = database
    const source = openSqliteSource({ file, isLocked })
    return withSecrets(source, () => readSecrets(directory))
  }
  const { openPostgresSource } = await import('../store/postgres/moving.ts')
  const source = await openPostgresSource(database.url)
  return withSecrets(source, async () => agreedSecrets(await source.agreed(SECRETS)))
}

export async function openTarget(database: Database): Promise<To> {
  if (database.kind === 'sqlite') {
    const { file, directory } = database
    return { target: openSqliteTarget(file), keepSecrets: async (secrets) => keepSecrets(directory, secrets) }
  }
  const { openPostgresTarget } = await import('../store/postgres/moving.ts')
  const target = await openPostgresTarget(database.url)
  return { target, keepSecrets: (secrets) => target.keep(SECRETS, JSON.stringify(secrets)) }
}

/** Loaded only where there is a PostgreSQL. */
export async function openForeignPostgres(url: string): Promise<ForeignDatabase> {
  const { openForeignPostgres: open } = await import('../store/postgres/moving.ts')
  return open(url)
}

async function withSecrets(source: MovingSource, read: () => Secrets | Promise<Secrets>): Promise<From> {
  try {
    return { source, secrets: await read() }
  } catch (error) {
    await source.close()
    throw error
  }
}
