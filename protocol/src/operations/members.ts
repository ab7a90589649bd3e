import { AccountId, ConversationId } from '../ids.ts'
import { Member, MemberChange } from '../member.ts'
import { operation } from '../operation.ts'
import { closed, PageQuery, pageOf } from '../shapes.ts'

const ALL = '/v1/conversations/{c}/members'
const ONE = `${ALL}/{a}`
const params = { c: ConversationId, a: AccountId }

export const MEMBER_OPERATIONS = {
  listMembers: operation({
    method: 'GET',
    path: ALL,
    summary: 'List the members',
    tag: 'members',
    since: 1,
    params: { c: ConversationId },
    query: closed(PageQuery),
    answers: { 200: pageOf(Member) },
  }),
  putMember: operation({
    method: 'PUT',
    path: ONE,
    summary: 'Add a member, or give a member another role',
    description:
      'With your own id: join a listed open conversation. Without `role`, a member stays what it is, and a new one is a plain member. Giving away the role of the owner makes you an admin.',
    tag: 'members',
    since: 1,
    params,
    body: MemberChange,
    answers: { 200: Member },
    refuses: ['forbidden', 'conflict'],
  }),
  removeMember: operation({
    method: 'DELETE',
    path: ONE,
    summary: 'Remove a member, or leave',
    description:
      'With your own id: leave, which succeeds also where you are no member. Removing another from an open conversation bans: for that account it is as if it were not there.',
    tag: 'members',
    since: 1,
    params,
    answers: { 204: null },
    refuses: ['forbidden', 'conflict'],
  }),
  liftBan: operation({
    method: 'DELETE',
    path: '/v1/conversations/{c}/bans/{a}',
    summary: 'Let an account enter again that was removed',
    tag: 'members',
    since: 1,
    params,
    answers: { 204: null },
    refuses: ['forbidden', 'conflict'],
  }),
}
