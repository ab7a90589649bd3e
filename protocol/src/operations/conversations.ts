import {
  ConversationChange,
  Listing,
  MembershipChange,
  NewConversation,
  NewReadMark,
  ReadState,
} from '../conversation.ts'
import { ConversationId } from '../ids.ts'
import { operation } from '../operation.ts'
import { closed, PageQuery, pageOf } from '../shapes.ts'
import { Type } from '../type.ts'

const ONE = '/v1/conversations/{c}'
const params = { c: ConversationId }

export const CONVERSATION_OPERATIONS = {
  listConversations: operation({
    method: 'GET',
    path: '/v1/conversations',
    summary: 'List your conversations: the pinned first, then by last activity',
    tag: 'conversations',
    since: 1,
    description:
      'With `search`, those whose name begins so; of a private one, either name of the other account.',
    query: closed({
      archived: Type.Optional(Type.Boolean({ default: false })),
      search: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      ...PageQuery,
    }),
    answers: { 200: pageOf(Listing) },
  }),
  createConversation: operation({
    method: 'POST',
    path: '/v1/conversations',
    summary: 'Open a conversation, or find the private one with that account',
    tag: 'conversations',
    since: 1,
    isIdempotent: true,
    body: NewConversation,
    answers: { 200: Listing, 201: Listing },
    refuses: ['with_yourself', 'conversation_name_taken', 'not_a_member'],
  }),
  getConversation: operation({
    method: 'GET',
    path: ONE,
    summary: 'Show a conversation of yours',
    tag: 'conversations',
    since: 1,
    params,
    answers: { 200: Listing },
  }),
  changeConversation: operation({
    method: 'PATCH',
    path: ONE,
    summary: 'Change its name, topic, or whether it is listed',
    tag: 'conversations',
    since: 1,
    params,
    body: ConversationChange,
    answers: { 200: Listing },
    refuses: ['forbidden', 'conversation_name_taken', 'conflict'],
  }),
  changeMembership: operation({
    method: 'PATCH',
    path: `${ONE}/me`,
    summary: 'Mute, pin or archive it for yourself',
    tag: 'conversations',
    since: 1,
    params,
    body: MembershipChange,
    answers: { 200: Listing },
  }),
  markRead: operation({
    method: 'PUT',
    path: `${ONE}/read`,
    summary: 'Move your read mark',
    tag: 'conversations',
    since: 1,
    params,
    body: NewReadMark,
    answers: { 200: ReadState },
  }),
}
