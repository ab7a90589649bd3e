import { ConversationId, Seq } from '../ids.ts'
import { Message, PinPage, ReactionKey, Reactions } from '../message.ts'
import { operation } from '../operation.ts'
import { closed, PageQuery } from '../shapes.ts'

const CONVERSATION = '/v1/conversations/{c}'
const REACTION = `${CONVERSATION}/messages/{seq}/reactions/{key}`
const PIN = `${CONVERSATION}/pins/{seq}`
const place = { c: ConversationId, seq: Seq }
const reaction = { ...place, key: ReactionKey }

/** Reactions and pins, which hang on messages. */
export const ANNOTATION_OPERATIONS = {
  putReaction: operation({
    method: 'PUT',
    path: REACTION,
    summary: 'React to a message',
    description:
      'The key is percent-encoded, such as `%F0%9F%91%8D`; `.` and `..` are none, because clients take them out of a path. A message has at most 20 different keys: one more is a conflict. Reactions that come together are answered together, up to 250 ms later.',
    tag: 'messages',
    since: 1,
    params: reaction,
    answers: { 200: Reactions },
    refuses: ['message_refused', 'conflict', 'busy'],
  }),
  removeReaction: operation({
    method: 'DELETE',
    path: REACTION,
    summary: 'Take your reaction back',
    tag: 'messages',
    since: 1,
    params: reaction,
    answers: { 204: null },
    refuses: ['message_refused', 'busy'],
  }),
  pinMessage: operation({
    method: 'PUT',
    path: PIN,
    summary: 'Pin a message',
    tag: 'messages',
    since: 1,
    params: place,
    answers: { 200: Message },
    refuses: ['forbidden', 'message_refused', 'conflict'],
  }),
  unpinMessage: operation({
    method: 'DELETE',
    path: PIN,
    summary: 'Pin a message no longer',
    tag: 'messages',
    since: 1,
    params: place,
    answers: { 204: null },
    refuses: ['forbidden', 'message_refused', 'conflict'],
  }),
  listPins: operation({
    method: 'GET',
    path: `${CONVERSATION}/pins`,
    summary: 'List the pinned messages, the newest pin first',
    tag: 'messages',
    since: 1,
    params: { c: ConversationId },
    query: closed(PageQuery),
    answers: { 200: PinPage },
  }),
}
