import type { AccountId, ConversationId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type {
  ChangedRoles,
  Exit,
  Joined,
  Left,
  LiftedBan,
  NewMember,
  NewRole,
  RemovedMember,
} from '../store.ts'
import { account, type Membership, membership, type OfAccount, type Rows, type Touched } from './row.ts'

export interface MemberWrites {
  'members.join'(entry: NewMember): Joined
  'members.leave'(exit: Exit): Left
  'members.remove'(removal: RemovedMember): Left
  'members.liftBan'(lift: LiftedBan): void
  'members.changeRole'(change: NewRole): ChangedRoles
  'members.markRead'(mark: Membership & { at: Micros }): void
  'members.setCurrent'(change: OfAccount & { conversationId: ConversationId | null }): void
}

const all = (conversationId: ConversationId, accountIds: readonly AccountId[]): Touched => ({
  conversationId,
  numbers: accountIds,
  memberships: accountIds.map((accountId) => ({ conversationId, accountId })),
})

export const MEMBER_WRITES: Rows<MemberWrites> = {
  'members.join': { checksFirst: false, touches: membership },
  'members.leave': {
    checksFirst: false,
    touches: ({ conversationId, accountId, heirId }) =>
      all(conversationId, heirId === null ? [accountId] : [accountId, heirId]),
  },
  'members.remove': { checksFirst: false, touches: membership },
  'members.liftBan': { checksFirst: true, touches: ({ conversationId }) => ({ conversationId }) },
  'members.changeRole': {
    checksFirst: true,
    touches: ({ conversationId, accountId, byId }) => all(conversationId, [accountId, byId]),
  },
  // One statement, which writes nothing where it is refused.
  'members.markRead': {
    checksFirst: true,
    touches: (mark) => ({ reads: mark.conversationId, memberships: [mark] }),
  },
  'members.setCurrent': { checksFirst: false, touches: account },
}
