import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { MAX_REQUEST_KEYS, REQUEST_KEY_LIFE, type RequestKey } from '../store.ts'
import { prepare } from './statement.ts'

interface FirstResult {
  readonly resultId: number
  readonly isNew: boolean
  readonly nonce: string | null
}

type Known = Omit<FirstResult, 'isNew'> & Pick<RequestKey, 'operation' | 'digest'> & { isNew: number }

/** The keys of requests that have created something. */
export class RequestKeys {
  readonly #find
  readonly #forgetExpired
  readonly #forgetOldest
  readonly #insert

  constructor(db: DatabaseSync) {
    this.#find = prepare<Known>(db, FIND)
    this.#forgetExpired = prepare(db, FORGET_EXPIRED)
    this.#forgetOldest = prepare(db, FORGET_OLDEST)
    this.#insert = prepare(db, INSERT)
  }

  /** Undefined if the request is no repeat. Refuses 'idempotency_key_reused'. */
  find(accountId: AccountId, once: RequestKey | undefined, at: Micros): FirstResult | undefined {
    const known = once && this.#find.get(accountId, once.key, at - REQUEST_KEY_LIFE)
    if (!known) return undefined
    const { operation, digest, resultId, isNew, nonce } = known
    if (operation !== once.operation || digest !== once.digest) throw new ChatError('idempotency_key_reused')
    return { resultId, isNew: isNew === 1, nonce }
  }

  /** Does nothing for a request without a key. */
  record(accountId: AccountId, once: RequestKey | undefined, result: RequestResult): void {
    if (!once) return
    const { resultId, isNew, at } = result
    this.#forgetExpired.run(at - REQUEST_KEY_LIFE)
    this.#forgetOldest.run(accountId, MAX_REQUEST_KEYS - 1)
    const { key, operation, digest, nonce } = once
    this.#insert.run(accountId, key, operation, digest, resultId, isNew ? 1 : 0, nonce, at)
  }
}

interface RequestResult {
  readonly resultId: number
  readonly isNew: boolean
  readonly at: Micros
}

const FIND = `
  SELECT operation, digest, result_id AS resultId, is_new AS isNew, nonce FROM request_keys
  WHERE account_id = ? AND key = ? AND at > ?`

// A hundred at a time: more than one goes for each that comes, so they dwindle without ever holding a commit up.
const FORGET_EXPIRED = `
  DELETE FROM request_keys WHERE (account_id, key) IN (
    SELECT account_id, key FROM request_keys WHERE at <= ? LIMIT 100)`

const FORGET_OLDEST = `
  DELETE FROM request_keys WHERE account_id = ?1 AND key IN (
    SELECT key FROM request_keys WHERE account_id = ?1 ORDER BY at DESC LIMIT 100 OFFSET ?2)`

// An expired one of the same key may still be there.
const INSERT = `
  INSERT OR REPLACE INTO request_keys (account_id, key, operation, digest, result_id, is_new, nonce, at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
