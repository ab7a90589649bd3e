import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openSqliteStore, type SqliteOptions } from '../../src/store/sqlite/index.ts'
import type { Store } from '../../src/store/store.ts'
import { writeEmptyDatabase } from '../support/sqlite.ts'
import { tempDir } from '../support/temp-dir.ts'

/** An empty store in a file of its own, closed after the test. */
export async function tempStore(
  t: TestContext,
  hooks: Omit<SqliteOptions, 'file'> = {},
): Promise<{ store: Store; file: string }> {
  let store: Store | undefined
  t.after(() => store?.close())
  const file = join(await tempDir(t), 'parlance.db')
  writeEmptyDatabase(file)
  store = await openSqliteStore({ file, ...hooks })
  return { store, file }
}
