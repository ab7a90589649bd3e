import type { AccountRemoved, AccountToRemove, Deleted, RemovalProgress, RemovedMessage } from '../store.ts'
import { NOTHING, type Rows } from './row.ts'

export interface RemovalWrites {
  'removals.remove'(removal: AccountToRemove): AccountRemoved
  'removals.note'(progress: RemovalProgress): void
  'removals.takeBack'(message: RemovedMessage): Deleted
}

export const REMOVAL_WRITES: Rows<RemovalWrites> = {
  'removals.remove': {
    checksFirst: false,
    touches: ({ accountId, contactIds, blockerIds }) => ({
      ...{ accountId, areSessionsEnded: true, areNamesFreed: true, isAccountRemoved: true },
      numbers: [...contactIds, ...blockerIds],
    }),
  },
  'removals.takeBack': { checksFirst: false, touches: ({ conversationId }) => ({ conversationId }) },
  'removals.note': { checksFirst: false, touches: () => NOTHING },
}
