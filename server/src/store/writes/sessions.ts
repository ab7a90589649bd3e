import type { Micros } from '../../lib/clock.ts'
import type { NewSession } from '../store.ts'
import { credentials, type Rows } from './row.ts'

export interface SessionWrites {
  'sessions.open'(session: NewSession): void
  'sessions.touch'(use: { kind: string; digest: string; at: Micros; expiresAt: Micros }): void
}

export const SESSION_WRITES: Rows<SessionWrites> = {
  // Two log-ins of one account, on two nodes: both must not keep what the other makes one too many.
  'sessions.open': { checksFirst: false, touches: credentials },
  'sessions.touch': { checksFirst: false, touches: (session) => ({ session }) },
}
