import type { Secrets } from '../../secrets/index.ts'
import type { CopiedDatabase } from '../endpoints.ts'
import type { Manifest } from './manifest.ts'

/** A database as of one moment, in a file that is on disk, and all that belongs to it. */
export interface Snapshot {
  readonly content: CopiedDatabase
  readonly secrets: Secrets
  /** Digests of the contents of its files. */
  readonly digests: readonly string[]
  /** Facts of a PostgreSQL database; absent for SQLite. */
  readonly postgres?: NonNullable<Manifest['postgres']>
}
