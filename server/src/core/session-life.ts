import { MICROS_PER_SECOND, type Micros } from '../lib/clock.ts'
import type { KeptSession } from '../store/store.ts'
import type { SessionId } from './types.ts'

/** A session lives this long from its last use. */
export const SESSION_TTL: Micros = 30 * 24 * 3600 * MICROS_PER_SECOND

/** Keeps a session, used now, while all others end. */
export const keptAt = (sessionId: SessionId, at: Micros): KeptSession => ({
  sessionId,
  at,
  expiresAt: at + SESSION_TTL,
})
