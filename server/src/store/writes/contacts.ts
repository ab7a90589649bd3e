import type { AccountId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Numbered } from '../store.ts'
import type { OfAccount, Rows, Touched } from './row.ts'

type Pair = OfAccount & { readonly contactId: AccountId }
type Block = { readonly blockerId: AccountId; readonly blockedId: AccountId }

export interface ContactWrites {
  'contacts.add'(pair: Pair & { at: Micros }): Numbered
  'contacts.remove'(pair: Pair): Numbered
  'contacts.block'(block: Block & { at: Micros }): Numbered
  'contacts.unblock'(block: Block): Numbered
}

const pairs = ({ accountId, contactId }: Pair): Touched => ({ numbers: [accountId, contactId] })
const blocks = ({ blockerId, blockedId }: Block): Touched => ({
  blocking: [blockerId, blockedId],
  numbers: [blockerId],
})

export const CONTACT_WRITES: Rows<ContactWrites> = {
  'contacts.add': { checksFirst: false, touches: pairs },
  'contacts.remove': { checksFirst: false, touches: pairs },
  'contacts.block': { checksFirst: false, touches: blocks },
  'contacts.unblock': { checksFirst: false, touches: blocks },
}
