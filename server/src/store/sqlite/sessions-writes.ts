import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId, SessionId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { NewSession, OpenedSession, SessionKey, SessionUse } from '../store.ts'
import { NOTICE } from './notices.ts'
import { prepare } from './statement.ts'

interface OneSession {
  readonly accountId: AccountId
  readonly sessionId: SessionId
}

export class SessionWrites {
  readonly #credentials
  readonly #deleteExpired
  readonly #deleteLeastUsed
  readonly #insert
  readonly #touch
  readonly #end
  readonly #notice

  constructor(db: DatabaseSync) {
    this.#credentials = prepare<{ since: Micros }>(
      db,
      'SELECT credentials_since AS since FROM accounts WHERE id = ?',
    )
    this.#deleteExpired = prepare(db, DELETE_EXPIRED)
    this.#deleteLeastUsed = prepare<{ sessionId: SessionId }>(db, DELETE_LEAST_USED)
    this.#insert = prepare(db, INSERT)
    this.#touch = prepare<SessionKey>(db, TOUCH)
    this.#end = prepare<SessionKey>(db, END)
    this.#notice = prepare(db, NOTICE)
  }

  open(session: NewSession): OpenedSession {
    const { sessionId, accountId, kind, digest, device, address, credentialsSince, at, expiresAt } = session
    const account = this.#credentials.get(accountId)
    if (!account) throw new ChatError('unknown_account', { accountId })
    if ((credentialsSince ?? account.since) !== account.since) throw new ChatError('wrong_credentials')
    this.#deleteExpired.run(at)
    const ended = this.#deleteLeastUsed.all(accountId, kind, session.max - 1)
    this.#insert.run(kind, digest, sessionId, accountId, device, address, at, at, expiresAt)
    if (ended.length > 0) this.#notice.run(accountId)
    return { ended: ended.map((row) => row.sessionId) }
  }

  touch({ accountId, sessionId, at, expiresAt }: OneSession & SessionUse): SessionKey | undefined {
    return keyOf(this.#touch.get(at, expiresAt, sessionId, accountId))
  }

  end({ accountId, sessionId }: OneSession): SessionKey | undefined {
    const ended = keyOf(this.#end.get(sessionId, accountId))
    if (ended) this.#notice.run(accountId)
    return ended
  }
}

// Copied, because the engine's rows have no prototype.
const keyOf = (row: SessionKey | undefined): SessionKey | undefined => row && { ...row }

// A hundred at a time: more than one goes for each that comes, so they dwindle without ever holding a commit up.
const DELETE_EXPIRED = `
  DELETE FROM sessions WHERE (kind, digest) IN (
    SELECT kind, digest FROM sessions WHERE expires_at <= ? LIMIT 100)`

const DELETE_LEAST_USED = `
  DELETE FROM sessions WHERE (kind, digest) IN (
    SELECT kind, digest FROM sessions WHERE account_id = ? AND kind = ?
    ORDER BY last_used_at DESC LIMIT -1 OFFSET ?)
  RETURNING id AS sessionId`

const INSERT = `
  INSERT INTO sessions (kind, digest, id, account_id, device, address, created_at, last_used_at, expires_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`

const TOUCH = `
  UPDATE sessions SET last_used_at = max(last_used_at, ?), expires_at = ? WHERE id = ? AND account_id = ?
  RETURNING kind, digest`

const END = 'DELETE FROM sessions WHERE id = ? AND account_id = ? RETURNING kind, digest'
