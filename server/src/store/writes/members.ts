import type { ConversationId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Joined, Left, NewMember } from '../store.ts'
import { account, type Membership, membership, type OfAccount, type Rows } from './row.ts'

export interface MemberWrites {
  'members.join'(entry: NewMember): Joined
  'members.leave'(exit: Membership & { at: Micros }): Left
  'members.markRead'(mark: Membership & { at: Micros }): void
  'members.setCurrent'(change: OfAccount & { conversationId: ConversationId | null }): void
}

export const MEMBER_WRITES: Rows<MemberWrites> = {
  'members.join': { checksFirst: false, touches: membership },
  'members.leave': { checksFirst: false, touches: membership },
  // One statement, which writes nothing where it is refused.
  'members.markRead': {
    checksFirst: true,
    touches: (mark) => ({ reads: mark.conversationId, membership: mark }),
  },
  'members.setCurrent': { checksFirst: false, touches: account },
}
