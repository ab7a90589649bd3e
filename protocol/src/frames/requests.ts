import type { Static, TProperties } from 'typebox'
import { Listing, NewReadMark, ReadState } from '../conversation.ts'
import { AccountId, ConversationId, MAX_NUMBER, Seq } from '../ids.ts'
import { MessagePage, NewMessage, NewText } from '../message.ts'
import { closed, growing, Limit } from '../shapes.ts'
import { Type } from '../type.ts'
import { request } from './frame.ts'

/** Names a request: its answer carries the same as `re`. */
export const RequestId = Type.Union([
  Type.Integer({ minimum: 0, maximum: MAX_NUMBER }),
  Type.String({ minLength: 1, maxLength: 64 }),
])

/** Most that one connection watches. */
export const MAX_WATCHED = { conversations: 50, accounts: 200 } as const

const asking = <const Op extends string, const Properties extends TProperties>(
  op: Op,
  properties: Properties,
) => closed({ id: RequestId, op: Type.Literal(op), ...properties })

/** One that may go without an answer. */
const telling = <const Op extends string, const Properties extends TProperties>(
  op: Op,
  properties: Properties,
) => closed({ id: Type.Optional(RequestId), op: Type.Literal(op), ...properties })

const place = { conversation: ConversationId, seq: Seq }
const Key = Type.String({ minLength: 1, maxLength: 64 })
const Version = Type.Integer({ minimum: 1 })
const Touched = growing({ seq: Seq, version: Version })
const Nothing = growing({})

/** All that a client asks over the socket. Each does what the REST operation of that name does. */
export const REQUESTS = {
  'message.send': request({
    direction: 'client',
    op: 'message.send',
    summary: 'Send a message',
    description:
      'Several may be under way: they are stored together and answered in order. The event of your own message may come before or after its answer; both carry the `clientId`.',
    since: 1,
    schema: asking('message.send', { conversation: ConversationId, ...NewMessage.properties }),
    ok: Touched,
    refuses: ['message_refused', 'message_too_long', 'client_id_reused', 'not_a_member', 'not_found'],
  }),
  'message.edit': request({
    direction: 'client',
    op: 'message.edit',
    summary: 'Replace the text of your message',
    description: 'With `ifVersion`, refused if its text was changed or deleted after that version.',
    since: 1,
    schema: asking('message.edit', { ...place, ...NewText.properties, ifVersion: Type.Optional(Version) }),
    ok: Touched,
    refuses: ['not_the_owner', 'message_refused', 'message_too_long', 'precondition_failed'],
  }),
  'message.delete': request({
    direction: 'client',
    op: 'message.delete',
    summary: 'Delete a message, which leaves a tombstone',
    since: 1,
    schema: asking('message.delete', place),
    ok: Nothing,
    refuses: ['not_the_owner', 'forbidden'],
  }),
  'reaction.put': request({
    direction: 'client',
    op: 'reaction.put',
    summary: 'React to a message',
    since: 1,
    schema: asking('reaction.put', { ...place, key: Key }),
    ok: Touched,
    refuses: ['message_refused', 'conflict'],
  }),
  'reaction.remove': request({
    direction: 'client',
    op: 'reaction.remove',
    summary: 'Take a reaction back',
    since: 1,
    schema: asking('reaction.remove', { ...place, key: Key }),
    ok: Nothing,
    refuses: ['message_refused'],
  }),
  read: request({
    direction: 'client',
    op: 'read',
    summary: 'Move your read mark',
    since: 1,
    schema: asking('read', { conversation: ConversationId, ...NewReadMark.properties }),
    ok: ReadState,
  }),
  typing: request({
    direction: 'client',
    op: 'typing',
    summary: 'Tell that you are writing a message, or have stopped',
    description: 'Say it again every 3 s while you write: after 6 s without it the others see it end.',
    since: 1,
    schema: telling('typing', {
      conversation: ConversationId,
      isTyping: Type.Optional(Type.Boolean({ default: true })),
    }),
    ok: Nothing,
    refuses: ['message_refused'],
  }),
  watch: request({
    direction: 'client',
    op: 'watch',
    summary: 'Choose what to hear of typing, presence and receipts',
    description:
      'Replaces what was watched before. Conversations that are not yours are passed over; an account with which you share no contact or conversation is shown as offline.',
    since: 1,
    schema: telling('watch', {
      conversations: Type.Array(ConversationId, { maxItems: MAX_WATCHED.conversations }),
      accounts: Type.Array(AccountId, { maxItems: MAX_WATCHED.accounts }),
    }),
    ok: Nothing,
  }),
  'conversation.open': request({
    direction: 'client',
    op: 'conversation.open',
    summary: 'Show a conversation with a page of its newest messages',
    since: 1,
    schema: asking('conversation.open', { conversation: ConversationId, limit: Type.Optional(Limit) }),
    ok: growing({ listing: Listing, messages: MessagePage }),
  }),
  ping: request({
    direction: 'client',
    op: 'ping',
    summary: 'Show that you are there, and see that the server is',
    since: 1,
    schema: telling('ping', {}),
    ok: Nothing,
  }),
}

export type Requests = typeof REQUESTS
export type RequestOp = keyof Requests
export type RequestId = Static<typeof RequestId>
export type RequestOf<Op extends RequestOp> = Static<Requests[Op]['schema']>
export type OkOf<Op extends RequestOp> = Static<Requests[Op]['ok']>
