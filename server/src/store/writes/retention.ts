import type { ConversationId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Lease, Purge, Purged } from '../store.ts'
import { NOTHING, type Rows } from './row.ts'

export interface RetentionWrites {
  'retention.purge'(purge: Purge): Purged | null
  'retention.wish'(wish: { conversationId: ConversationId; before: Micros }): void
  'retention.lease'(lease: Lease): boolean
}

export const RETENTION_WRITES: Rows<RetentionWrites> = {
  'retention.purge': { checksFirst: false, touches: ({ conversationId }) => ({ conversationId }) },
  // Nothing remembers the column, so an operator's command may write it beside a server.
  'retention.wish': { checksFirst: true, touches: ({ conversationId }) => ({ reads: conversationId }) },
  'retention.lease': { checksFirst: true, touches: () => NOTHING },
}
