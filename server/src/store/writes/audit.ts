import type { ActEnding, NewAct } from '../store.ts'
import { NOTHING, type Rows } from './row.ts'

export interface AuditWrites {
  'audit.begin'(act: NewAct): number
  'audit.end'(ending: ActEnding): void
}

export const AUDIT_WRITES: Rows<AuditWrites> = {
  'audit.begin': { checksFirst: true, touches: () => NOTHING },
  'audit.end': { checksFirst: true, touches: () => NOTHING },
}
