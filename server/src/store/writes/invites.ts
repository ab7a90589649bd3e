import type { InviteId } from '../../core/types.ts'
import type { CreatedInvite, InvitedMember, Joined, NewInvite, RevokedInvite } from '../store.ts'
import { membership, NOTHING, type Rows } from './row.ts'

export interface InviteWrites {
  'invites.create'(invite: NewInvite): CreatedInvite
  'invites.join'(entry: InvitedMember): Joined
  'invites.revoke'(revocation: RevokedInvite): void
  'invites.end'(end: { inviteId: InviteId }): boolean
}

export const INVITE_WRITES: Rows<InviteWrites> = {
  'invites.create': {
    checksFirst: false,
    touches: ({ conversationId, byId, once }) => ({ conversationId, ...(once && { accountId: byId }) }),
  },
  'invites.join': { checksFirst: false, touches: membership },
  'invites.revoke': { checksFirst: true, touches: ({ conversationId }) => ({ conversationId }) },
  // Nothing remembers invites, so an operator's command may end one beside a server.
  'invites.end': { checksFirst: true, touches: () => NOTHING },
}
