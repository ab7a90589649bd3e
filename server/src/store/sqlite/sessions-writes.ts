import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { Micros } from '../../lib/clock.ts'
import type { NewSession } from '../store.ts'
import { prepare } from './statement.ts'

export class SessionWrites {
  readonly #isAccount
  readonly #deleteExpired
  readonly #deleteLeastUsed
  readonly #insert
  readonly #touch

  constructor(db: DatabaseSync) {
    this.#isAccount = prepare(db, 'SELECT 1 FROM accounts WHERE id = ?')
    this.#deleteExpired = prepare(db, DELETE_EXPIRED)
    this.#deleteLeastUsed = prepare(db, DELETE_LEAST_USED)
    this.#insert = prepare(db, INSERT)
    this.#touch = prepare(db, TOUCH)
  }

  open({ accountId, kind, digest, at, expiresAt, max }: NewSession): void {
    if (!this.#isAccount.get(accountId)) throw new ChatError('unknown_account', { accountId })
    this.#deleteExpired.run(at)
    this.#deleteLeastUsed.run(accountId, kind, max - 1)
    this.#insert.run(kind, digest, accountId, at, expiresAt)
  }

  touch({
    kind,
    digest,
    at,
    expiresAt,
  }: {
    kind: string
    digest: string
    at: Micros
    expiresAt: Micros
  }): void {
    this.#touch.run(at, expiresAt, kind, digest)
  }
}

// A hundred at a time: more than one goes for each that comes, so they dwindle without ever holding a commit up.
const DELETE_EXPIRED = `
  DELETE FROM sessions WHERE (kind, digest) IN (
    SELECT kind, digest FROM sessions WHERE expires_at <= ? LIMIT 100)`

const DELETE_LEAST_USED = `
  DELETE FROM sessions WHERE (kind, digest) IN (
    SELECT kind, digest FROM sessions WHERE account_id = ? AND kind = ?
    ORDER BY last_used_at DESC LIMIT -1 OFFSET ?)`

const INSERT = `
  INSERT INTO sessions (kind, digest, account_id, last_used_at, expires_at) VALUES (?, ?, ?, ?, ?)`

const TOUCH = `
  UPDATE sessions SET last_used_at = max(last_used_at, ?), expires_at = ? WHERE kind = ? AND digest = ?`
