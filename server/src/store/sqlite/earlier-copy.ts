import { closeSync, openSync, readdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { syncDirectory, syncFile } from '../../lib/directory.ts'
import { forgetEpochIn } from './epoch.ts'
import { engineCode } from './failure.ts'
import { noRoomForCopy } from './refusals.ts'
import { prepare } from './statement.ts'

/** Copies that are kept beside a database, the newest. */
const KEPT = 2

/** A copy of a database as it was before its schema was changed. */
export interface EarlierCopy {
  readonly path: string
  /** The number of its newest migration. */
  readonly schema: number
  readonly bytes: number
}

/**
 * Copies a database, of which another connection holds the writer's place and has changed nothing yet, to
 * `<file>.schema-<number>`, and removes all such copies but the newest. A copy of the same schema is replaced: it is
 * of a start that came no further. Once put in the database's place it has another epoch, as what is restored has.
 * Throws `StoreRefusal` when there is no room for it.
 */
export function keepEarlier(file: string, schema: number): EarlierCopy {
  const path = `${file}.schema-${schema}`
  const partial = `${path}.partial`
  try {
    // First what an earlier start has left: it takes room.
    rmSync(partial, { force: true })
    copyInto(file, partial)
    forgetEpochIn(partial)
    syncFile(partial)
    renameSync(partial, path)
    syncDirectory(dirname(path))
  } catch (error) {
    rmSync(partial, { force: true })
    if (engineCode(error) === 'FULL' || isFull(error)) throw noRoomForCopy(file, error)
    throw error
  }
  removeOlder(file, path)
  return { path, schema, bytes: statSync(path).size }
}

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')

function copyInto(file: string, partial: string): void {
  using db = new DatabaseSync(file, { readOnly: true })
  requireRoom(db, file)
  closeSync(openSync(partial, 'wx', 0o600))
  prepare(db, 'VACUUM INTO ?').run(partial)
}

/** The copy needs the pages that are in use: nothing is begun that cannot end. */
function requireRoom(db: DatabaseSync, file: string): void {
  const size = prepare<{ bytes: number }>(db, USED_BYTES).get()
  const { bavail, bsize } = statfsSync(dirname(file))
  if (bavail * bsize < (size?.bytes ?? 0)) throw noRoomForCopy(file)
}

const USED_BYTES = `
  SELECT (page_count - freelist_count) * page_size AS bytes
  FROM pragma_page_count, pragma_freelist_count, pragma_page_size`

function removeOlder(file: string, newest: string): void {
  const directory = dirname(file)
  const prefix = `${basename(file)}.schema-`
  const others = readdirSync(directory)
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .map((name) => join(directory, name))
    .filter((path) => path !== newest)
    .map((path) => ({ path, madeAt: statSync(path).mtimeMs }))
    .toSorted((one, other) => other.madeAt - one.madeAt)
  for (const { path } of others.slice(KEPT - 1)) rmSync(path)
}
