import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, SessionDetails, SessionId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { NewSession, OpenedSession, SessionKey, SessionStore, SessionUse } from '../store.ts'
import { read } from './failure.ts'
import { type ReadCache, sessionKey } from './read-cache.ts'
import { SESSION_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class SqliteSessions implements SessionStore {
  readonly #writer: WriteQueue
  readonly #cache: ReadCache
  readonly #find
  readonly #list
  readonly #idsOf

  constructor(db: DatabaseSync, writer: WriteQueue, cache: ReadCache) {
    this.#writer = writer
    this.#cache = cache
    this.#find = prepare<SessionDetails>(db, FIND)
    this.#list = prepare<SessionDetails>(db, LIST)
    this.#idsOf = prepare<{ sessionId: SessionId }>(db, IDS_OF)
  }

  open(session: NewSession): Promise<OpenedSession> {
    return this.#writer.write('sessions.open', session)
  }

  find(kind: string, digest: string): Promise<SessionDetails | undefined> {
    return read(() =>
      this.#cache.sessions.find(sessionKey(kind, digest), () => {
        const row = this.#find.get(kind, digest)
        return row && { ...row }
      }),
    )
  }

  list(accountId: AccountId, kind: string, at: Micros): Promise<readonly SessionDetails[]> {
    return read(() => this.#list.all(accountId, kind, at).map((row) => ({ ...row })))
  }

  idsOf(accountId: AccountId, at: Micros): Promise<readonly SessionId[]> {
    return read(() => this.#idsOf.all(accountId, at).map(({ sessionId }) => sessionId))
  }

  touch(accountId: AccountId, sessionId: SessionId, use: SessionUse): Promise<SessionKey | undefined> {
    return this.#writer.write('sessions.touch', { accountId, sessionId, ...use })
  }

  end(accountId: AccountId, sessionId: SessionId): Promise<SessionKey | undefined> {
    return this.#writer.write('sessions.end', { accountId, sessionId })
  }
}

const FIND = `SELECT ${SESSION_COLUMNS} FROM sessions s WHERE s.kind = ? AND s.digest = ?`

const LIST = `
  SELECT ${SESSION_COLUMNS} FROM sessions s
  WHERE s.account_id = ? AND s.kind = ? AND s.expires_at > ? ORDER BY s.last_used_at DESC, s.created_at DESC, s.id`

const IDS_OF = 'SELECT id AS sessionId FROM sessions WHERE account_id = ? AND expires_at > ?'
