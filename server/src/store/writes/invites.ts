import type { CreatedInvite, InvitedMember, Joined, NewInvite, RevokedInvite } from '../store.ts'
import { membership, type Rows } from './row.ts'

export interface InviteWrites {
  'invites.create'(invite: NewInvite): CreatedInvite
  'invites.join'(entry: InvitedMember): Joined
  'invites.revoke'(revocation: RevokedInvite): void
}

export const INVITE_WRITES: Rows<InviteWrites> = {
  'invites.create': {
    checksFirst: false,
    touches: ({ conversationId, byId, once }) => ({ conversationId, ...(once && { accountId: byId }) }),
  },
  'invites.join': { checksFirst: false, touches: membership },
  'invites.revoke': { checksFirst: true, touches: ({ conversationId }) => ({ conversationId }) },
}
