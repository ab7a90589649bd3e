import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId, Attachment, FileId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { type FileContent, type FileProgress, LEAST_FILE_BYTES, type NewFile } from '../store.ts'
import { prepare } from './statement.ts'

interface Place {
  readonly conversationId: number
  readonly seq: number
}

interface Places {
  readonly conversationId: number
  readonly first: number
  readonly last: number
}

export class FileWrites {
  readonly #isThere
  readonly #taken
  readonly #insert
  readonly #advance
  readonly #complete
  readonly #remove
  readonly #removeIdle
  readonly #forget
  readonly #findFree
  readonly #attach
  readonly #detach
  readonly #detachAll

  constructor(db: DatabaseSync) {
    this.#isThere = prepare(db, 'SELECT 1 FROM accounts WHERE id = ? AND disabled_at IS NULL')
    this.#taken = prepare<{ bytes: number }>(db, TAKEN)
    this.#insert = prepare(db, INSERT)
    this.#advance = prepare(db, ADVANCE)
    this.#complete = prepare(db, COMPLETE)
    this.#remove = prepare(db, REMOVE)
    this.#removeIdle = prepare(db, REMOVE_IDLE)
    this.#forget = prepare(db, 'DELETE FROM uploads WHERE id = ? AND removed_at IS NOT NULL')
    this.#findFree = prepare<Attachment>(db, FIND_FREE)
    this.#attach = prepare(db, ATTACH)
    this.#detach = prepare(db, DETACH)
    this.#detachAll = prepare(db, DETACH_ALL)
  }

  begin({ fileId, accountId, name, type, size, at, quota }: NewFile): boolean {
    if (!this.#isThere.get(accountId)) throw new ChatError('unknown_account', { accountId })
    const taken = this.#taken.get(LEAST_FILE_BYTES, accountId)?.bytes ?? 0
    if (taken + Math.max(size, LEAST_FILE_BYTES) > quota) return false
    this.#insert.run(fileId, accountId, name, type, size, at, at)
    return true
  }

  advance({ fileId, from, to, at }: FileProgress): boolean {
    return this.#advance.run(to, at, fileId, from).changes === 1
  }

  complete({ fileId, sha256, type, width, height, at }: FileContent): boolean {
    return this.#complete.run(sha256, type, width, height, at, fileId).changes === 1
  }

  remove({ fileId, accountId, at }: { fileId: FileId; accountId: AccountId; at: Micros }): boolean {
    return this.#remove.run(at, fileId, accountId).changes === 1
  }

  removeIdle({ since, at, limit }: { since: Micros; at: Micros; limit: number }): number {
    return Number(this.#removeIdle.run(at, since, limit).changes)
  }

  forget({ fileIds }: { fileIds: readonly FileId[] }): void {
    for (const fileId of fileIds) this.#forget.run(fileId)
  }

  /** The files as a message shows them. Refuses 'unknown_file' unless all are the sender's to attach. */
  ofSender(senderId: AccountId, fileIds: readonly FileId[]): readonly Attachment[] {
    return fileIds.map((fileId, n) => {
      const found = fileIds.indexOf(fileId) === n ? this.#findFree.get(fileId, senderId) : undefined
      if (!found) throw new ChatError('unknown_file', { fileId })
      return { ...found }
    })
  }

  attach({ conversationId, seq }: Place, files: readonly Attachment[]): void {
    for (const { fileId } of files) this.#attach.run(conversationId, seq, fileId)
  }

  /** Removes what hangs on a message. */
  detach({ conversationId, seq }: Place, at: Micros): void {
    this.#detach.run(at, conversationId, seq)
  }

  /** Removes what hangs on the messages of a range of places. */
  detachAll({ conversationId, first, last }: Places, at: Micros): void {
    this.#detachAll.run(at, conversationId, first, last)
  }
}

const TAKEN = `
  SELECT coalesce(sum(max(size, ?)), 0) AS bytes FROM uploads WHERE account_id = ? AND removed_at IS NULL`

const INSERT = `
  INSERT INTO uploads (id, account_id, name, type, size, received, created_at, touched_at)
  VALUES (?, ?, ?, ?, ?, 0, ?, ?)`

/** An upload may take longer than its account stays. */
const IS_OWNED = 'EXISTS (SELECT 1 FROM accounts a WHERE a.id = account_id AND a.disabled_at IS NULL)'

const ADVANCE = `
  UPDATE uploads SET received = ?, touched_at = ?
  WHERE id = ? AND received = ? AND sha256 IS NULL AND removed_at IS NULL AND ${IS_OWNED}`

const COMPLETE = `
  UPDATE uploads SET sha256 = ?, type = ?, width = ?, height = ?, touched_at = ?
  WHERE id = ? AND received = size AND sha256 IS NULL AND removed_at IS NULL`

const REMOVE = `
  UPDATE uploads SET removed_at = ?, name = ''
  WHERE id = ? AND account_id = ? AND conversation_id IS NULL AND removed_at IS NULL`

const REMOVE_IDLE = `
  UPDATE uploads SET removed_at = ?1, name = '' WHERE id IN (
    SELECT id FROM uploads
    WHERE conversation_id IS NULL AND removed_at IS NULL AND touched_at < ?2 ORDER BY touched_at LIMIT ?3)`

const FIND_FREE = `
  SELECT id AS fileId, name, type, size, width, height FROM uploads
  WHERE id = ? AND account_id = ? AND sha256 IS NOT NULL AND conversation_id IS NULL AND removed_at IS NULL`

const ATTACH = 'UPDATE uploads SET conversation_id = ?, seq = ? WHERE id = ?'

const DETACH = `
  UPDATE uploads SET removed_at = ?, name = '', conversation_id = NULL, seq = NULL
  WHERE conversation_id = ? AND seq = ?`

const DETACH_ALL = `
  UPDATE uploads SET removed_at = ?, name = '', conversation_id = NULL, seq = NULL
  WHERE conversation_id = ? AND seq BETWEEN ? AND ?`
