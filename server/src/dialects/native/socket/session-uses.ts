import { type AccountId, type Chat, isStoreFailure, type SessionId } from '../../../core/chat.ts'

/** A connection that rests on a session. */
export interface SessionUse {
  readonly accountId: AccountId
  readonly sessionId: SessionId
  /** When its use was last noted, in milliseconds of the steady clock. */
  notedAtMs: number
}

const HOUR_MS = 3_600_000

/** How often to look for uses that are to be noted. */
export const LOOK_EVERY_MS = 60_000

/** Keeps the sessions of open connections from expiring: a client that only listens shows its token once. */
export class SessionUses {
  readonly #sessions: Pick<Chat['sessions'], 'noteUse'>
  #isNoting = false

  constructor(sessions: Pick<Chat['sessions'], 'noteUse'>) {
    this.#sessions = sessions
  }

  /**
   * Notes those that were noted an hour ago or longer, one after the other: thousands at once would keep messages
   * waiting. A use that the store does not take is noted at a later look.
   */
  async look(uses: Iterable<SessionUse>, nowMs = performance.now()): Promise<void> {
    if (this.#isNoting) return
    this.#isNoting = true
    try {
      for (const use of uses) if (nowMs - use.notedAtMs >= HOUR_MS) await this.#note(use, nowMs)
    } catch (error) {
      if (!isStoreFailure(error)) throw error
    } finally {
      this.#isNoting = false
    }
  }

  async #note(use: SessionUse, nowMs: number): Promise<void> {
    await this.#sessions.noteUse(use.accountId, use.sessionId)
    use.notedAtMs = nowMs
  }
}
