import type { AccountId, SessionDetails, SessionId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { NewSession, OpenedSession, SessionKey, SessionStore, SessionUse } from '../store.ts'
import { batchedLookup } from './batched-lookup.ts'
import type { Queryable } from './driver/index.ts'
import { SESSION_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class PostgresSessions implements SessionStore {
  readonly #writer: WriteQueue
  readonly #find
  readonly #list
  readonly #idsOf

  constructor(sql: Queryable, writer: WriteQueue) {
    this.#writer = writer
    this.#find = batchedLookup<SessionDetails>(sql, ['text', 'text'], FIND)
    this.#list = prepare<SessionDetails>(sql, LIST)
    this.#idsOf = batchedLookup<{ ids: readonly SessionId[] }>(sql, ['bigint', 'bigint'], IDS_OF)
  }

  open(session: NewSession): Promise<OpenedSession> {
    return this.#writer.write('sessions.open', session)
  }

  find(kind: string, digest: string): Promise<SessionDetails | undefined> {
    return this.#find.get(kind, digest)
  }

  list(accountId: AccountId, kind: string, at: Micros): Promise<readonly SessionDetails[]> {
    return this.#list.all(accountId, kind, at)
  }

  async idsOf(accountId: AccountId, at: Micros): Promise<readonly SessionId[]> {
    return (await this.#idsOf.get(accountId, at))?.ids ?? []
  }

  touch(accountId: AccountId, sessionId: SessionId, use: SessionUse): Promise<SessionKey | undefined> {
    return this.#writer.write('sessions.touch', { accountId, sessionId, ...use }, found)
  }

  end(accountId: AccountId, sessionId: SessionId): Promise<SessionKey | undefined> {
    return this.#writer.write('sessions.end', { accountId, sessionId }, found)
  }
}

const found = (key: SessionKey | null): SessionKey | undefined => key ?? undefined

const FIND = (asked: string) => `
  SELECT k.n AS "n", ${SESSION_COLUMNS} FROM ${asked} JOIN sessions s ON s.kind = k.a AND s.digest = k.b`

const LIST = `
  SELECT ${SESSION_COLUMNS} FROM sessions s
  WHERE s.account_id = $1 AND s.kind = $2 AND s.expires_at > $3
  ORDER BY s.last_used_at DESC, s.created_at DESC, s.id`

const IDS_OF = (asked: string) => `
  SELECT k.n AS "n", json_agg(s.id) AS "ids"
  FROM ${asked} JOIN sessions s ON s.account_id = k.a AND s.expires_at > k.b GROUP BY k.n`
