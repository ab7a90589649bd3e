import type { AccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { NOTHING, type OfAccount, type Rows, type Touched } from './row.ts'

export interface ContactWrites {
  'contacts.add'(pair: OfAccount & { contactId: AccountId; at: Micros }): void
  'contacts.block'(block: { blockerId: AccountId; blockedId: AccountId; at: Micros }): void
  'contacts.unblock'(block: { blockerId: AccountId; blockedId: AccountId }): void
}

const blocks = ({ blockerId, blockedId }: { blockerId: AccountId; blockedId: AccountId }): Touched => ({
  blocking: [blockerId, blockedId],
})

export const CONTACT_WRITES: Rows<ContactWrites> = {
  'contacts.add': { checksFirst: false, touches: () => NOTHING },
  'contacts.block': { checksFirst: false, touches: blocks },
  'contacts.unblock': { checksFirst: false, touches: blocks },
}
