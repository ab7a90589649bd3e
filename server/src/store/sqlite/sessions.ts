import type { DatabaseSync } from 'node:sqlite'
import type { Micros } from '../../lib/clock.ts'
import type { NewSession, Session, SessionStore } from '../store.ts'
import { read } from './failure.ts'
import { type ReadCache, sessionKey } from './read-cache.ts'
import { prepare, type Row } from './statement.ts'
import type { WriteQueue } from './write-queue.ts'

export class SqliteSessions implements SessionStore {
  readonly #writer: WriteQueue
  readonly #cache: ReadCache
  readonly #find

  constructor(db: DatabaseSync, writer: WriteQueue, cache: ReadCache) {
    this.#writer = writer
    this.#cache = cache
    this.#find = prepare<Row<Session>>(db, FIND)
  }

  open(session: NewSession): Promise<void> {
    return this.#writer.write('sessions.open', session)
  }

  find(kind: string, digest: string): Promise<Session | undefined> {
    return read(() =>
      this.#cache.sessions.find(sessionKey(kind, digest), () => {
        const row = this.#find.get(kind, digest)
        return row && { ...row }
      }),
    )
  }

  touch(kind: string, digest: string, { at, expiresAt }: { at: Micros; expiresAt: Micros }): Promise<void> {
    return this.#writer.write('sessions.touch', { kind, digest, at, expiresAt })
  }
}

const FIND = `
  SELECT account_id AS accountId, last_used_at AS lastUsedAt, expires_at AS expiresAt
  FROM sessions WHERE kind = ? AND digest = ?`
