import type { Invite } from '../../core/types.ts'
import type { InvitedMember, Joined, NewInvite, RevokedInvite } from '../store.ts'
import { membership, type Rows } from './row.ts'

export interface InviteWrites {
  'invites.create'(invite: NewInvite): Invite
  'invites.join'(entry: InvitedMember): Joined
  'invites.revoke'(revocation: RevokedInvite): void
}

export const INVITE_WRITES: Rows<InviteWrites> = {
  'invites.create': { checksFirst: false, touches: ({ conversationId }) => ({ conversationId }) },
  'invites.join': { checksFirst: false, touches: membership },
  'invites.revoke': { checksFirst: true, touches: ({ conversationId }) => ({ conversationId }) },
}
