import { Listing } from '../conversation.ts'
import { ConversationId, InviteId } from '../ids.ts'
import { Invite, InviteCode, MadeInvite, NewInvite } from '../member.ts'
import { operation } from '../operation.ts'
import { closed, PageQuery, pageOf } from '../shapes.ts'

const ALL = '/v1/conversations/{c}/invites'

export const INVITE_OPERATIONS = {
  createInvite: operation({
    method: 'POST',
    path: ALL,
    summary: 'Make an invite, whose code is told once',
    description:
      'It ends when its time is over, when it is used up, and when its maker may not invite any more.',
    tag: 'invites',
    since: 1,
    isIdempotent: true,
    params: { c: ConversationId },
    body: NewInvite,
    answers: { 201: MadeInvite },
    refuses: ['forbidden', 'conflict'],
  }),
  listInvites: operation({
    method: 'GET',
    path: ALL,
    summary: 'List the invites, without their codes',
    tag: 'invites',
    since: 1,
    params: { c: ConversationId },
    query: closed(PageQuery),
    answers: { 200: pageOf(Invite) },
    refuses: ['forbidden'],
  }),
  revokeInvite: operation({
    method: 'DELETE',
    path: `${ALL}/{i}`,
    summary: 'Revoke an invite',
    tag: 'invites',
    since: 1,
    params: { c: ConversationId, i: InviteId },
    answers: { 204: null },
    refuses: ['forbidden', 'conflict'],
  }),
  joinByInvite: operation({
    method: 'POST',
    path: '/v1/invites/{code}/join',
    summary: 'Join a conversation by an invite',
    description:
      'Answers like an unknown code: one that is revoked, expired or used up, and any code of a conversation that you are banned from. A member stays one, and uses nothing up.',
    tag: 'invites',
    since: 1,
    params: { code: InviteCode },
    answers: { 200: Listing },
    refuses: ['conflict'],
  }),
}
