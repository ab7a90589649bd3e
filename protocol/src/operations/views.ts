import { Person } from '../account.ts'
import { ChangePage } from '../frames/events.ts'
import { ConversationId, Position, Seq } from '../ids.ts'
import { MentionPage, MessageVersion, ThreadPage } from '../message.ts'
import { operation } from '../operation.ts'
import { closed, Limit, PageQuery, pageOf } from '../shapes.ts'
import { Type } from '../type.ts'

const CONVERSATION = '/v1/conversations/{c}'
const MESSAGE = `${CONVERSATION}/messages/{seq}`
const params = { c: ConversationId, seq: Seq }

/** Other ways to look at messages than page by page. */
export const VIEW_OPERATIONS = {
  listThread: operation({
    method: 'GET',
    path: `${CONVERSATION}/threads/{seq}`,
    summary: 'Read the replies in the thread of a message',
    description:
      'Those after the place `after`, oldest first. They stand in the conversation too, and have no read state of their own. A message without replies has an empty thread.',
    tag: 'messages',
    since: 1,
    params,
    query: closed({ after: Type.Optional(Position), limit: Type.Optional(Limit) }),
    answers: { 200: ThreadPage },
  }),
  listChanges: operation({
    method: 'GET',
    path: `${CONVERSATION}/changes`,
    summary: 'Read what has changed after a change, in order',
    description:
      "The same items as the socket's `changes`: each message as it is now, or its tombstone. Go on with `after` = `upTo` until `done`.",
    tag: 'messages',
    since: 1,
    params: { c: ConversationId },
    query: closed({ after: Type.Optional(Position), limit: Type.Optional(Limit) }),
    answers: { 200: ChangePage },
  }),
  listVersions: operation({
    method: 'GET',
    path: `${MESSAGE}/versions`,
    summary: 'List the texts that a message had before its edits, oldest first',
    description: 'For its sender, and for moderators and above. A tombstone has none, and is not found.',
    tag: 'messages',
    since: 1,
    params,
    query: closed(PageQuery),
    answers: { 200: pageOf(MessageVersion) },
    refuses: ['forbidden'],
  }),
  listReaders: operation({
    method: 'GET',
    path: `${MESSAGE}/readers`,
    summary: 'List who has read a message',
    description:
      'In conversations of up to 100 members. Without its sender, who came later, those who have blocked you, and those whose settings have `receipts: false`.',
    tag: 'messages',
    since: 1,
    params,
    answers: { 200: pageOf(Person) },
    refuses: ['forbidden'],
  }),
  listMentions: operation({
    method: 'GET',
    path: '/v1/mentions',
    summary: 'List the messages that mention you, by name or with everybody, newest first',
    tag: 'messages',
    since: 1,
    query: closed(PageQuery),
    answers: { 200: MentionPage },
  }),
}
