import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LocalBus } from '../../src/bus/local.ts'
import {
  type ConversationEvent,
  conversationTopic,
  toAccountId,
  toConversationId,
} from '../../src/core/chat.ts'
import { Audiences, DirectFeeds } from '../../src/delivery/index.ts'
import { Remembering } from './remembering.ts'

const room = toConversationId(1)

const sent = (seq: number): ConversationEvent => ({
  type: 'message.deleted',
  conversationId: room,
  change: seq,
  messageId: seq as never,
  seq,
  deletedAt: 0,
})

const arrived = (name: string): ConversationEvent => ({
  type: 'visitor.arrived',
  conversationId: room,
  visitor: { accountId: toAccountId(1), uuid: '', username: name, displayName: name },
})

function setUp() {
  const bus = new LocalBus((error) => assert.fail(String(error)))
  let rendered = 0
  const audiences = new Audiences(new DirectFeeds(bus), (event) => {
    rendered++
    const text =
      event.type === 'message.deleted'
        ? String(event.seq)
        : event.type === 'visitor.arrived'
          ? event.visitor.username
          : '?'
    return { bytes: Buffer.from(text), headerBytes: 0 }
  })
  return {
    bus,
    audiences,
    publish: (event: ConversationEvent) => bus.publish(conversationTopic(room), event),
    count: () => rendered,
  }
}

test('renders an event once, however many listen, and shares one buffer per turn', () => {
  const { audiences, publish, count } = setUp()
  const sinks = Array.from({ length: 100 }, () => new Remembering())
  for (const sink of sinks) audiences.join(room, sink)
  publish(sent(1))
  publish(sent(2))
  assert.equal(count(), 2)
  const [first] = sinks
  for (const sink of sinks) {
    assert.equal(sink.text(), '12')
    assert.equal(sink.batches.length, 1)
    assert.equal(sink.batches[0], first?.batches[0])
  }
})

test('does not render for a conversation nobody listens to', () => {
  const { audiences, publish, count } = setUp()
  const sink = new Remembering()
  audiences.join(room, sink)
  audiences.leave(room, sink)
  publish(sent(1))
  assert.equal(count(), 0)
})

test('who joins in the middle of a turn gets only what comes after, who leaves only what came before', () => {
  const { audiences, publish } = setUp()
  const [early, late] = [new Remembering(), new Remembering()]
  audiences.join(room, early)
  publish(arrived('a'))
  audiences.join(room, late)
  publish(arrived('b'))
  audiences.leaveAll(early)
  publish(arrived('c'))
  assert.equal(early.text(), 'ab')
  assert.equal(late.text(), 'bc')
})

test('joining twice delivers once', () => {
  const { audiences, publish } = setUp()
  const sink = new Remembering()
  audiences.join(room, sink)
  audiences.join(room, sink)
  publish(sent(1))
  assert.equal(sink.text(), '1')
})

test('an event after a sealed batch starts another', () => {
  const { audiences, publish } = setUp()
  const sink = new Remembering()
  audiences.join(room, sink)
  publish(sent(1))
  assert.equal(sink.text(), '1')
  publish(sent(2))
  assert.equal(sink.text(), '12')
})

test('what happens while the log is read follows it, in order', async () => {
  const { audiences, publish } = setUp()
  const sink = new Remembering()
  const { promise: reading, resolve: finish } = Promise.withResolvers<{ lastSeq: number }>()
  const joining = audiences.joinAfter(room, sink, () => reading)
  publish(arrived('a'))
  publish(arrived('b'))
  finish({ lastSeq: 0 })
  const { begin } = await joining
  publish(arrived('c'))
  assert.equal(sink.text(), '', 'nothing before the caller has answered with the log')
  begin()
  publish(arrived('d'))
  assert.equal(sink.text(), 'abcd')
})

test('a sink that is there already and joins anew is told nothing twice', async () => {
  const { audiences, publish } = setUp()
  const sink = new Remembering()
  audiences.join(room, sink)
  publish(arrived('a'))
  const { begin } = await audiences.joinAfter(room, sink, async () => {
    publish(arrived('b'))
    return { lastSeq: 0 }
  })
  assert.equal(sink.text(), 'a')
  begin()
  publish(arrived('c'))
  assert.equal(sink.text(), 'abc')
})

test('a sink that is there already misses nothing when its reading fails', async () => {
  const { audiences, publish } = setUp()
  const sink = new Remembering()
  audiences.join(room, sink)
  const joining = audiences.joinAfter(room, sink, async () => {
    publish(arrived('a'))
    throw new Error('no log')
  })
  await assert.rejects(joining, /no log/)
  publish(arrived('b'))
  assert.equal(sink.text(), 'ab')
})

test('a join whose reading fails leaves nothing behind', async () => {
  const { audiences, publish, count } = setUp()
  const sink = new Remembering()
  await assert.rejects(
    audiences.joinAfter(room, sink, () => Promise.reject(new Error('unreadable'))),
    /unreadable/,
  )
  publish(sent(1))
  assert.equal(count(), 0)
  assert.equal(audiences.has(room, sink), false)
})
