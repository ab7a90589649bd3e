import type { ConversationId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { ChangedRoles, Joined, Left, NewMember, NewRole } from '../store.ts'
import { account, type Membership, membership, type OfAccount, type Rows } from './row.ts'

export interface MemberWrites {
  'members.join'(entry: NewMember): Joined
  'members.leave'(exit: Membership & { at: Micros }): Left
  'members.changeRole'(change: NewRole): ChangedRoles
  'members.markRead'(mark: Membership & { at: Micros }): void
  'members.setCurrent'(change: OfAccount & { conversationId: ConversationId | null }): void
}

export const MEMBER_WRITES: Rows<MemberWrites> = {
  'members.join': { checksFirst: false, touches: membership },
  'members.leave': { checksFirst: false, touches: membership },
  'members.changeRole': {
    checksFirst: true,
    touches: ({ conversationId, accountId, byId }) => ({
      conversationId,
      numbers: [accountId, byId],
      memberships: [accountId, byId].map((each) => ({ conversationId, accountId: each })),
    }),
  },
  // One statement, which writes nothing where it is refused.
  'members.markRead': {
    checksFirst: true,
    touches: (mark) => ({ reads: mark.conversationId, memberships: [mark] }),
  },
  'members.setCurrent': { checksFirst: false, touches: account },
}
