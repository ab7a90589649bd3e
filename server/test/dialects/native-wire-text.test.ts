import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type MessageDetails,
  toAccountId,
  toConversationId,
  toFileId,
  toMessageId,
} from '../../src/core/chat.ts'
import { messageOf } from '../../src/dialects/native/wire.ts'
import { messageText } from '../../src/dialects/native/wire-text.ts'

const text = fc.string({ unit: 'binary', maxLength: 20 })
const count = fc.nat()
const place = fc.option(fc.nat())
const moment = fc.integer({ min: 0, max: 4_000_000_000_000_000 })
const account = count.map(toAccountId)
const span = fc.tuple(count, count)

const message: fc.Arbitrary<MessageDetails> = fc.record({
  messageId: count.map(toMessageId),
  conversationId: count.map(toConversationId),
  seq: count,
  senderId: account,
  replyTo: fc.constant(null),
  body: text,
  sentAt: moment,
  editedAt: fc.option(moment),
  version: count,
  clientId: fc.option(text),
  format: fc.constantFrom('markdown', 'plain'),
  thread: place,
  replyToSeq: place,
  replyCount: count,
  lastReplySeq: place,
  mentions: fc.array(
    fc.oneof(fc.record({ account, at: span }), fc.record({ all: fc.constant(true as const), at: span })),
  ),
  reactions: fc.array(fc.record({ key: text, count, last: fc.array(account, { maxLength: 3 }) })),
  attachments: fc.array(
    fc.record({
      fileId: fc.constant(toFileId('abc')),
      name: text,
      type: text,
      size: count,
      width: place,
      height: place,
    }),
  ),
  pinnedAt: fc.option(moment),
  deletedAt: fc.option(moment),
  sender: fc.record({ accountId: account, uuid: text, username: text, displayName: text }),
})

test('a message that is spelled out is the JSON of the object', () => {
  fc.assert(fc.property(message, (one) => assert.equal(messageText(one), JSON.stringify(messageOf(one)))))
})

test('a message without attachments is spelled out as one with none', () => {
  fc.assert(
    fc.property(message, ({ attachments: _, ...one }) =>
      assert.equal(messageText(one), JSON.stringify(messageOf(one))),
    ),
  )
})
