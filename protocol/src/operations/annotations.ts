import { ConversationId, Seq } from '../ids.ts'
import { Message, PinPage, ReactionKey, Reactions } from '../message.ts'
import { type Operation, operation } from '../operation.ts'
import { closed, PageQuery } from '../shapes.ts'

const CONVERSATION = '/v1/conversations/{c}'
const REACTION = `${CONVERSATION}/messages/{seq}/reactions/{key}`
const PIN = `${CONVERSATION}/pins/{seq}`
const place = { c: ConversationId, seq: Seq }

/** The parts in which the two operations of a pair differ. */
type Own = Pick<Operation, 'method' | 'summary' | 'description' | 'answers' | 'refuses'>

/** Puts a reaction or takes it back. */
const reacting = <const One extends Own>(one: One) =>
  operation({
    ...{ path: REACTION, tag: 'messages', since: 1, params: { ...place, key: ReactionKey } },
    ...one,
  })

/** Pins a message or takes the pin away. */
const pinning = <const One extends Own>(one: One) =>
  operation({
    ...{ path: PIN, tag: 'messages', since: 1, params: place },
    refuses: ['forbidden', 'message_refused', 'conflict'],
    ...one,
  })

/** Reactions and pins, which hang on messages. */
export const ANNOTATION_OPERATIONS = {
  putReaction: reacting({
    method: 'PUT',
    summary: 'React to a message',
    description:
      'The key is percent-encoded, such as `%F0%9F%91%8D`; `.` and `..` are none, because clients take them out of a path. A message has at most 20 different keys: one more is a conflict. Reactions that come together are answered together, up to 250 ms later.',
    answers: { 200: Reactions },
    refuses: ['message_refused', 'conflict', 'busy'],
  }),
  removeReaction: reacting({
    method: 'DELETE',
    summary: 'Take your reaction back',
    answers: { 204: null },
    refuses: ['message_refused', 'busy'],
  }),
  pinMessage: pinning({ method: 'PUT', summary: 'Pin a message', answers: { 200: Message } }),
  unpinMessage: pinning({ method: 'DELETE', summary: 'Pin a message no longer', answers: { 204: null } }),
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
