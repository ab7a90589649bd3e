import type { AccountId, FileId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { FileContent, FileProgress, FileStore, NewFile, StoredFile } from '../store.ts'
import { type StoredFileRow, storedFileOf } from '../stored-file.ts'
import type { Queryable } from './driver/index.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

type Removed = Pick<StoredFile, 'fileId' | 'sha256'>

export class PostgresFiles implements FileStore {
  readonly #writer: WriteQueue
  readonly #find
  readonly #mayRead
  readonly #listRemoved
  readonly #isUsed
  readonly #listOwn

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#find = prepare<StoredFileRow>(sql, FIND)
    this.#mayRead = prepare<object>(sql, MAY_READ)
    this.#listRemoved = prepare<Removed>(sql, LIST_REMOVED)
    this.#isUsed = prepare<object>(
      sql,
      'SELECT 1 FROM uploads WHERE sha256 = $1 AND removed_at IS NULL LIMIT 1',
    )
    this.#listOwn = prepare<StoredFileRow>(sql, LIST_OWN)
  }

  begin(file: NewFile): Promise<boolean> {
    return this.#writer.write('files.begin', file)
  }

  advance(progress: FileProgress): Promise<boolean> {
    return this.#writer.write('files.advance', progress)
  }

  complete(content: FileContent): Promise<boolean> {
    return this.#writer.write('files.complete', content)
  }

  remove(file: { fileId: FileId; accountId: AccountId; at: Micros }): Promise<boolean> {
    return this.#writer.write('files.remove', file)
  }

  removeIdle(idle: { since: Micros; at: Micros; limit: number }): Promise<number> {
    return this.#writer.write('files.removeIdle', idle)
  }

  forget(files: { fileIds: readonly FileId[] }): Promise<void> {
    return this.#writer.write('files.forget', files)
  }

  async find(fileId: FileId): Promise<StoredFile | undefined> {
    const row = await this.#find.get(fileId)
    return row && storedFileOf(row)
  }

  async mayRead(accountId: AccountId, fileId: FileId): Promise<boolean> {
    return (await this.#mayRead.get(accountId, fileId)) !== undefined
  }

  listRemoved(limit: number): Promise<readonly Removed[]> {
    return this.#listRemoved.all(limit)
  }

  async isUsed(sha256: string): Promise<boolean> {
    return (await this.#isUsed.get(sha256)) !== undefined
  }

  async listOwn(accountId: AccountId, after: string, limit: number): Promise<readonly StoredFile[]> {
    return (await this.#listOwn.all(accountId, after, limit)).map(storedFileOf)
  }
}

const COLUMNS = `
  f.id AS "fileId", f.account_id AS "accountId", f.name AS "name", f.type AS "type", f.size AS "size",
  f.received AS "received", f.sha256 AS "sha256", f.width AS "width", f.height AS "height",
  f.created_at AS "createdAt", f.touched_at AS "touchedAt", f.conversation_id AS "conversationId", f.seq AS "seq"`

const FIND = `SELECT ${COLUMNS} FROM uploads f WHERE f.id = $1 AND f.removed_at IS NULL`

const MAY_READ = `
  SELECT 1 FROM uploads f
  WHERE f.id = $2 AND f.removed_at IS NULL AND (f.account_id = $1 OR EXISTS (
    SELECT FROM members m JOIN conversations c ON c.id = m.conversation_id
    WHERE m.conversation_id = f.conversation_id AND m.account_id = $1 AND f.seq >= c.first_seq))`

const LIST_REMOVED = `
  SELECT f.id AS "fileId", f.sha256 AS "sha256" FROM uploads f
  WHERE f.removed_at IS NOT NULL ORDER BY f.removed_at LIMIT $1`

const LIST_OWN = `
  SELECT ${COLUMNS} FROM uploads f
  WHERE f.account_id = $1 AND f.id > $2 AND f.sha256 IS NOT NULL AND f.removed_at IS NULL ORDER BY f.id LIMIT $3`
