import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LocalBus } from '../../src/bus/local.ts'
import {
  type AccountId,
  type ConversationEvent,
  conversationTopic,
  type Member,
  toAccountId,
  toConversationId,
  toGid,
  toMessageId,
} from '../../src/core/chat.ts'
import { Audiences, DirectFeeds } from '../../src/delivery/index.ts'
import { Remembering } from './remembering.ts'

const room = toConversationId(1)
const ann = { accountId: toAccountId(1), uuid: '', username: 'ann', displayName: 'Ann' }

const sent = (seq: number): ConversationEvent => ({
  type: 'message.sent',
  conversationId: room,
  change: seq,
  conversation: {
    conversationId: room,
    gid: toGid('room'),
    kind: 'group',
    name: null,
    creatorId: ann.accountId,
  },
  message: {
    messageId: toMessageId(seq),
    conversationId: room,
    seq,
    senderId: ann.accountId,
    sender: ann,
    replyTo: null,
    body: String(seq),
    sentAt: seq,
    editedAt: null,
  },
})

const deleted = (seq: number): ConversationEvent => ({
  type: 'message.deleted',
  conversationId: room,
  change: 100 + seq,
  messageId: toMessageId(seq),
  seq,
  deletedAt: 0,
})

const arrived = (name: string): ConversationEvent => ({
  type: 'visitor.arrived',
  conversationId: room,
  visitor: { accountId: toAccountId(1), uuid: '', username: name, displayName: name },
})

const moved = (type: 'member.joined' | 'member.left', accountId: AccountId): ConversationEvent => {
  const news = { conversationId: room, change: 1 }
  return type === 'member.left'
    ? { type, ...news, accountId, byId: null }
    : { type, ...news, member: { accountId } as Member }
}

function textOf(event: ConversationEvent): string {
  if (event.type === 'message.sent') return event.message.body
  if (event.type === 'message.deleted') return `-${event.seq}`
  return event.type === 'visitor.arrived' ? event.visitor.username : '?'
}

function setUp() {
  const onError = (error: unknown) => assert.fail(String(error))
  const bus = new LocalBus(onError)
  let rendered = 0
  const audiences = new Audiences(new DirectFeeds({ bus, onError }), (event) => {
    if (event.type === 'member.joined' || event.type === 'member.left') return undefined
    rendered++
    return { bytes: Buffer.from(textOf(event)), headerBytes: 0 }
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

test('a sink that joins in the middle of a turn gets only later events, one that leaves only earlier ones', () => {
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

test('many who come and go in one turn give the others no batch for each', () => {
  const { audiences, publish } = setUp()
  const stays = new Remembering()
  audiences.join(room, stays)
  publish(arrived('-'))
  const crowd = Array.from('abcdefgh', (name) => {
    const sink = new Remembering()
    audiences.join(room, sink)
    publish(arrived(name))
    return sink
  })
  for (const sink of crowd.slice(0, 4)) {
    sink.isClosed = true
    audiences.leaveAll(sink)
    publish(arrived('!'))
  }
  assert.equal(stays.text(), '-abcdefgh!!!!')
  assert.equal(stays.batches.length, 1)
  assert.deepEqual(
    crowd.slice(4).map((sink) => [sink.text(), sink.batches.length]),
    ['efgh!!!!', 'fgh!!!!', 'gh!!!!', 'h!!!!'].map((text) => [text, 1]),
  )
})

test('a sink that has come and left in one turn hears nothing later', () => {
  const { audiences, publish } = setUp()
  const [stays, goes] = [new Remembering(), new Remembering()]
  audiences.join(room, stays)
  publish(arrived('a'))
  audiences.join(room, goes)
  publish(arrived('b'))
  audiences.leaveAll(goes)
  publish(arrived('c'))
  audiences.join(room, goes)
  publish(arrived('d'))
  assert.equal(stays.text(), 'abcd')
  assert.equal(goes.text(), 'bd')
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

test('events that happen while the log is read follow it, in order', async () => {
  const { audiences, publish } = setUp()
  const sink = new Remembering()
  const { promise: reading, resolve: finish } = Promise.withResolvers<{ lastChange: number }>()
  const joining = audiences.joinAfter(room, sink, { read: () => reading })
  publish(arrived('a'))
  publish(arrived('b'))
  finish({ lastChange: 0 })
  const { begin } = await joining
  publish(arrived('c'))
  assert.equal(sink.text(), '', 'nothing before the caller has answered with the log')
  begin()
  publish(arrived('d'))
  assert.equal(sink.text(), 'abcd')
})

test('a message that the log already had when it was read is not told again, and a later one is told', async () => {
  const { audiences, publish } = setUp()
  const sink = new Remembering()
  const { begin } = await audiences.joinAfter(room, sink, {
    read: async () => {
      for (const seq of [1, 2, 3]) publish(sent(seq))
      return { lastChange: 2 }
    },
  })
  begin()
  publish(sent(4))
  assert.equal(sink.text(), '34')
})

test('any change that the log already had is not told again, and any later one is told', async () => {
  const { audiences, publish } = setUp()
  const sink = new Remembering()
  const { begin } = await audiences.joinAfter(room, sink, {
    read: async () => {
      for (const event of [sent(1), deleted(1), arrived('a'), deleted(2)]) publish(event)
      return { lastChange: 101 }
    },
  })
  begin()
  assert.equal(sink.text(), 'a-2')
})

test('a change that the log already had is not told again when its news comes after the reading', async () => {
  const { audiences, publish } = setUp()
  const [reader, present] = [new Remembering(), new Remembering()]
  audiences.join(room, present)
  const { begin } = await audiences.joinAfter(room, reader, { read: async () => ({ lastChange: 2 }) })
  begin()
  for (const seq of [1, 2, 3, 4]) publish(sent(seq))
  assert.deepEqual([reader.text(), present.text()], ['34', '1234'])
})

test('a join that was begun anew is not ended by the reading of the one before', async () => {
  const { audiences, publish } = setUp()
  const sink = new Remembering()
  const first = audiences.hold(room, sink, ann.accountId)
  audiences.leave(room, sink)
  const second = audiences.hold(room, sink, ann.accountId)
  publish(sent(1))
  publish(sent(2))
  first.release(0)
  assert.equal(sink.text(), '')
  second.release(1)
  assert.equal(sink.text(), '2')
})

test('a sink that is there already and joins anew is told nothing twice', async () => {
  const { audiences, publish } = setUp()
  const sink = new Remembering()
  audiences.join(room, sink)
  publish(arrived('a'))
  const { begin } = await audiences.joinAfter(room, sink, {
    read: async () => {
      publish(arrived('b'))
      return { lastChange: 0 }
    },
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
  const joining = audiences.joinAfter(room, sink, {
    read: async () => {
      publish(arrived('a'))
      throw new Error('no log')
    },
  })
  await assert.rejects(joining, /no log/)
  publish(arrived('b'))
  assert.equal(sink.text(), 'ab')
})

test('a join whose reading fails leaves nothing behind', async () => {
  const { audiences, publish, count } = setUp()
  const sink = new Remembering()
  await assert.rejects(
    audiences.joinAfter(room, sink, { read: () => Promise.reject(new Error('unreadable')) }),
    /unreadable/,
  )
  publish(sent(1))
  assert.equal(count(), 0)
  assert.equal(audiences.has(room, sink), false)
})

test('an account that has left hears nothing until it has joined again, whatever else is known of it', () => {
  const { audiences, publish } = setUp()
  const [ann, ben] = [toAccountId(1), toAccountId(2)]
  const [hers, his, nobodys] = [new Remembering(), new Remembering(), new Remembering()]
  audiences.join(room, hers, { accountId: ann })
  audiences.join(room, his, { accountId: ben })
  audiences.join(room, nobodys)
  publish(arrived('a'))
  publish(moved('member.left', ann))
  publish(arrived('b'))
  audiences.join(room, hers, { accountId: ann })
  publish(arrived('c'))
  publish(moved('member.joined', ben))
  publish(arrived('d'))
  publish(moved('member.joined', ann))
  publish(arrived('e'))
  assert.equal(hers.text(), 'ae')
  assert.equal(his.text(), 'abcde')
  assert.equal(nobodys.text(), 'abcde')
})

test('a sink whose account has left hears again as another account', () => {
  const { audiences, publish } = setUp()
  const [ann, ben] = [toAccountId(1), toAccountId(2)]
  const sink = new Remembering()
  audiences.join(room, sink, { accountId: ann })
  publish(moved('member.left', ann))
  publish(arrived('a'))
  audiences.join(room, sink, { accountId: ben })
  publish(arrived('b'))
  publish(moved('member.joined', ann))
  publish(arrived('c'))
  assert.equal(sink.text(), 'bc')
})

test('an account that leaves or joins while the log is read hears the events of its stay alone', async () => {
  const { audiences, publish } = setUp()
  const sink = new Remembering()
  const ann = toAccountId(1)
  const joinWhile = async (...events: ConversationEvent[]) => {
    const read = async () => {
      for (const event of events) publish(event)
      return { lastChange: 0 }
    }
    const { begin } = await audiences.joinAfter(room, sink, { accountId: ann, read })
    begin()
  }
  await joinWhile(arrived('a'), moved('member.left', ann), arrived('b'))
  publish(arrived('c'))
  assert.equal(sink.text(), 'a')
  await joinWhile(arrived('d'), moved('member.joined', ann), arrived('e'))
  publish(arrived('f'))
  assert.equal(sink.text(), 'aef')
  publish(moved('member.left', ann))
  audiences.leave(room, sink)
  audiences.join(room, sink, { accountId: ann })
  publish(arrived('g'))
  assert.equal(sink.text(), 'aefg', 'who was let go of starts anew')
})

test('a frame that differs by listener comes to each once, in its place, also while the log is read', async () => {
  const onError = (error: unknown) => assert.fail(String(error))
  const bus = new LocalBus(onError)
  const audiences = new Audiences(new DirectFeeds({ bus, onError }), (event) => {
    const frame = (text: string) => ({ bytes: Buffer.from(text), headerBytes: 0 })
    if (event.type === 'visitor.arrived') return frame(event.visitor.username)
    return (accountId) => frame(`for ${accountId}`)
  })
  const publish = (event: ConversationEvent) => bus.publish(conversationTopic(room), event)
  const [ann, bob, nobody] = [new Remembering(), new Remembering(), new Remembering()]
  audiences.join(room, ann, { accountId: toAccountId(1) })
  audiences.join(room, nobody)
  const reading = Promise.withResolvers<{ lastChange: number }>()
  const joining = audiences.joinAfter(room, bob, { accountId: toAccountId(2), read: () => reading.promise })
  for (const event of [arrived('a '), sent(1), arrived(' b')]) publish(event)
  reading.resolve({ lastChange: 0 })
  ;(await joining).begin()
  assert.deepEqual(
    [ann, bob, nobody].map((sink) => sink.text()),
    ['a for 1 b', 'a for 2 b', 'a  b'],
  )
})
