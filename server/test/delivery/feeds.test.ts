import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LINGER_MS } from '../../src/delivery/feeds.ts'
import { Audiences } from '../../src/delivery/index.ts'
import { until } from '../support/until.ts'
import { Remembering } from './remembering.ts'
import { briefly, twoNodes } from './two-nodes.ts'

test('news that comes in another order is told in the one order, and once', async (t) => {
  const { feeds, conversationId, follow, say, heard } = await twoNodes(t)
  await feeds.ready(conversationId)
  follow()
  const [one, two, three] = [await say('one'), await say('two'), await say('three')]
  for (const arrive of [one, three, three, two, one, two]) arrive()
  assert.deepEqual(heard, ['one', 'two', 'three'])
})

test('news that never comes is read from the log before what follows it', async (t) => {
  const { feeds, conversationId, follow, say, heard } = await twoNodes(t)
  await feeds.ready(conversationId)
  follow()
  await say('lost')
  await say('lost as well')
  const arrive = await say('heard')
  arrive()
  assert.deepEqual(heard, [], 'it waits')
  await until('the whole', () => heard.length === 3)
  assert.deepEqual(heard, ['lost', 'lost as well', 'heard'])
})

test('news that never comes, and that nothing follows, is told after the outage', async (t) => {
  const { feeds, conversationId, follow, say, heard, wildBus, deleteFirst } = await twoNodes(t)
  await feeds.ready(conversationId)
  follow()
  await say('deleted before anybody heard')
  for (let n = 0; n < 1_200; n++) await say(`${n}`)
  await deleteFirst()
  wildBus.recover()
  await until('the end', () => heard.length >= 1_201)
  const expected = Array.from({ length: 1_200 }, (_, n) => `${n}`)
  assert.deepEqual(heard, [...expected, 'message.deleted'])
})

test('a follower with a last read change hears all later ones, whether or not the node heard them', async (t) => {
  const { follow, say, heard } = await twoNodes(t)
  await say('read')
  await say('missed')
  // Creation, then two messages: the second change has been read.
  follow(2)
  const arrive = await say('heard')
  arrive()
  await until('both', () => heard.length === 2)
  assert.deepEqual(heard, ['missed', 'heard'])
})

test('a follower of a ready conversation hears nothing from before', async (t) => {
  const { feeds, conversationId, follow, say, heard } = await twoNodes(t)
  const late = await say('before')
  await feeds.ready(conversationId)
  follow()
  late()
  const arrive = await say('after')
  arrive()
  assert.deepEqual(heard, ['after'])
})

test('a follower that stopped hears nothing, and others go on hearing', async (t) => {
  const { feeds, conversationId, follow, say, heard } = await twoNodes(t)
  await feeds.ready(conversationId)
  const stop = follow()
  const others: string[] = []
  feeds.follow(conversationId, (event) => others.push(briefly(event)))
  stop()
  const arrive = await say('one')
  arrive()
  await until('the other to hear it', () => others.length > 0)
  assert.deepEqual([heard, others], [[], ['one']])
})

test('a member whose joining is known late hears all that others have heard since', async (t) => {
  const { feeds, conversationId, follow, say, heard } = await twoNodes(t)
  await feeds.ready(conversationId)
  follow()
  for (const body of ['one', 'two', 'three']) {
    const arrive = await say(body)
    arrive()
  }
  assert.deepEqual(heard, ['one', 'two', 'three'])
  const audiences = new Audiences(feeds, (event) => ({
    bytes: Buffer.from(`${briefly(event)} `),
    headerBytes: 0,
  }))
  const [early, late] = [new Remembering(), new Remembering()]
  audiences.join(conversationId, early)
  audiences.join(conversationId, late, { after: 2 })
  const arrive = await say('four')
  arrive()
  await until('the last', () => late.text().endsWith('four '))
  assert.equal(late.text(), 'two three four ')
  assert.equal(early.text(), 'four ')
})

test('a follower that comes while the last one before it is being forgotten misses nothing', async (t) => {
  const { feeds, conversationId, follow, say, heard } = await twoNodes(t)
  await feeds.ready(conversationId)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  follow()()
  t.mock.timers.tick(LINGER_MS - 1)
  await feeds.ready(conversationId)
  t.mock.timers.tick(2)
  const arrive = await say('after')
  follow()
  arrive()
  assert.deepEqual(heard, ['after'])
})
