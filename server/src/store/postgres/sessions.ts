import type { Micros } from '../../lib/clock.ts'
import type { NewSession, Session, SessionStore } from '../store.ts'
import { batchedLookup } from './batched-lookup.ts'
import type { Queryable } from './driver/index.ts'
import type { WriteQueue } from './write-queue.ts'

export class PostgresSessions implements SessionStore {
  readonly #writer: WriteQueue
  readonly #find

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#find = batchedLookup<Session>(sql, ['text', 'text'], FIND)
  }

  open(session: NewSession): Promise<void> {
    return this.#writer.write('sessions.open', session)
  }

  find(kind: string, digest: string): Promise<Session | undefined> {
    return this.#find.get(kind, digest)
  }

  touch(kind: string, digest: string, { at, expiresAt }: { at: Micros; expiresAt: Micros }): Promise<void> {
    return this.#writer.write('sessions.touch', { kind, digest, at, expiresAt })
  }
}

const FIND = (asked: string) => `
  SELECT k.n AS "n", s.account_id AS "accountId", s.last_used_at AS "lastUsedAt", s.expires_at AS "expiresAt"
  FROM ${asked} JOIN sessions s ON s.kind = k.a AND s.digest = k.b`
