import type { SessionId } from '../../core/types.ts'
import type { NewSession, OpenedSession, SessionKey, SessionUse } from '../store.ts'
import { credentials, NOTHING, type OfAccount, type Rows } from './row.ts'

type OneSession = OfAccount & { readonly sessionId: SessionId }

export interface SessionWrites {
  'sessions.open'(session: NewSession): OpenedSession
  'sessions.touch'(use: OneSession & SessionUse): SessionKey | undefined
  'sessions.end'(session: OneSession): SessionKey | undefined
}

export const SESSION_WRITES: Rows<SessionWrites> = {
  // Two log-ins of one account, on two nodes: both must not keep what the other makes one too many.
  'sessions.open': { checksFirst: false, touches: credentials },
  'sessions.touch': { checksFirst: false, touches: (_use, session) => (session ? { session } : NOTHING) },
  'sessions.end': {
    checksFirst: true,
    touches: ({ accountId }, ended) => (ended ? { accountId, session: ended } : { accountId }),
  },
}
