import { ConversationId, Position, Seq } from '../ids.ts'
import { Message, MessagePage, NewMessage, NewText } from '../message.ts'
import { operation } from '../operation.ts'
import { closed, Limit } from '../shapes.ts'
import { Type } from '../type.ts'

const ALL = '/v1/conversations/{c}/messages'
const ONE = `${ALL}/{seq}`
const params = { c: ConversationId, seq: Seq }

export const MESSAGE_OPERATIONS = {
  sendMessage: operation({
    method: 'POST',
    path: ALL,
    summary: 'Send a message',
    description:
      'A `clientId` that was used here answers the first message, as it is now. Mentions are found by the server.',
    tag: 'messages',
    since: 1,
    params: { c: ConversationId },
    hasEtag: true,
    body: NewMessage,
    answers: { 200: Message, 201: Message },
    refuses: ['message_refused', 'message_too_long', 'client_id_reused', 'not_found'],
  }),
  listMessages: operation({
    method: 'GET',
    path: ALL,
    summary: 'Read a page of messages, oldest first',
    description: 'At most one of `before`, `after` and `around`; without them, the newest page.',
    tag: 'messages',
    since: 1,
    params: { c: ConversationId },
    query: closed({
      before: Type.Optional(Seq),
      after: Type.Optional(Position),
      around: Type.Optional(Seq),
      limit: Type.Optional(Limit),
    }),
    answers: { 200: MessagePage },
  }),
  getMessage: operation({
    method: 'GET',
    path: ONE,
    summary: 'Show a message, or its tombstone',
    tag: 'messages',
    since: 1,
    params,
    hasEtag: true,
    answers: { 200: Message },
  }),
  editMessage: operation({
    method: 'PATCH',
    path: ONE,
    summary: 'Replace the text of your message',
    description:
      'With `If-Match: "<version>"`, refused if its text was changed or deleted after that version.',
    tag: 'messages',
    since: 1,
    params,
    heedsIfMatch: true,
    hasEtag: true,
    body: NewText,
    answers: { 200: Message },
    refuses: ['not_the_owner', 'message_refused', 'message_too_long', 'precondition_failed'],
  }),
  deleteMessage: operation({
    method: 'DELETE',
    path: ONE,
    summary: 'Delete a message, which leaves a tombstone',
    tag: 'messages',
    since: 1,
    params,
    answers: { 204: null },
    refuses: ['not_the_owner', 'forbidden'],
  }),
}
