import type { SessionId } from '../../core/types.ts'
import type { NewSession, OpenedSession, SessionKey, SessionUse } from '../store.ts'
import { credentials, type OfAccount, type Rows } from './row.ts'

export interface SessionWrites {
  'sessions.open'(session: NewSession): OpenedSession
  'sessions.touch'(use: SessionKey & SessionUse): void
  'sessions.end'(session: OfAccount & { sessionId: SessionId }): SessionKey | undefined
}

export const SESSION_WRITES: Rows<SessionWrites> = {
  // Two log-ins of one account, on two nodes: both must not keep what the other makes one too many.
  'sessions.open': { checksFirst: false, touches: credentials },
  'sessions.touch': { checksFirst: false, touches: (session) => ({ session }) },
  'sessions.end': {
    checksFirst: true,
    touches: ({ accountId }, ended) => (ended ? { accountId, session: ended } : { accountId }),
  },
}
