import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Listener, OnRenewed, Topic, Unsubscribe } from '../../src/bus/bus.ts'
import { LocalBus } from '../../src/bus/local.ts'
import { Chat, type ConversationEvent, conversationTopic } from '../../src/core/chat.ts'
import { Audiences, openFeeds } from '../../src/delivery/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { PASSWORD } from '../support/chat.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { Remembering } from './remembering.ts'

const fail = (error: unknown) => assert.fail(String(error))

/** A bus to other nodes that the test can lose, repeat and turn round news on. */
class WildBus extends LocalBus {
  override readonly isShared = true
  readonly #renewals = new Set<OnRenewed>()

  override subscribe<T>(topic: Topic<T>, listener: Listener<T>, onRenewed?: OnRenewed): Unsubscribe {
    if (onRenewed) this.#renewals.add(onRenewed)
    return super.subscribe(topic, listener)
  }

  recover(): void {
    for (const renew of this.#renewals) renew('resumed')
  }
}

/** One node that writes, and one that hears only of what the test lets through. */
async function twoNodes(t: TestContext) {
  const store = await openSqliteStore({ file: join(await tempDir(t), 'chat.db') })
  t.after(() => store.close())
  const parts = { store, clock: systemClock(), maxMessageBytes: 100 }
  const [ownBus, wildBus] = [new LocalBus(fail), new WildBus(fail)]
  const writer = new Chat({ ...parts, bus: ownBus })
  const chat = new Chat({ ...parts, bus: wildBus })
  const feeds = openFeeds({ bus: wildBus, chat, onError: fail })
  const ann = await writer.accounts.register({ username: 'ann', password: PASSWORD })
  const { conversation } = await writer.conversations.createOpen(ann.accountId, null)
  const { conversationId } = conversation
  const published: ConversationEvent[] = []
  ownBus.subscribe(conversationTopic(conversationId), (event) => published.push(event))
  const heard: string[] = []
  return {
    conversationId,
    feeds,
    wildBus,
    heard,
    follow: (after?: number) => feeds.follow(conversationId, (event) => heard.push(briefly(event)), after),
    /** Commits it on the other node; answers how its news is let through. */
    async say(body: string): Promise<() => void> {
      const standing = await writer.conversations.enter(ann, conversation)
      await writer.messages.send(ann, standing, { body })
      const event = published.at(-1)
      assert.ok(event)
      return () => wildBus.publish(conversationTopic(conversationId), event)
    },
    async deleteFirst(): Promise<void> {
      const [first] = await writer.messages.list({ conversationId, after: 0, limit: 1 })
      assert.ok(first)
      await writer.messages.delete(ann.accountId, first.messageId)
    },
  }
}

const briefly = (event: ConversationEvent): string =>
  event.type === 'message.sent' ? event.message.body : event.type

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

test('who has read so far is told all that follows, heard or not', async (t) => {
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

test('who follows once it is ready is told of what came before to nobody', async (t) => {
  const { feeds, conversationId, follow, say, heard } = await twoNodes(t)
  const late = await say('before')
  await feeds.ready(conversationId)
  follow()
  late()
  const arrive = await say('after')
  arrive()
  assert.deepEqual(heard, ['after'])
})

test('who stopped is told nothing, and others go on being told', async (t) => {
  const { feeds, conversationId, follow, say, heard } = await twoNodes(t)
  await feeds.ready(conversationId)
  const stop = follow()
  const others: string[] = []
  feeds.follow(conversationId, (event) => others.push(briefly(event)))
  stop()
  const arrive = await say('one')
  arrive()
  await setTimeout(0)
  assert.deepEqual([heard, others], [[], ['one']])
})

test('who hears late that it has joined is told what others have been told since', async (t) => {
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
  audiences.join(conversationId, late, 2)
  const arrive = await say('four')
  arrive()
  await until('the last', () => late.text().endsWith('four '))
  assert.equal(late.text(), 'two three four ')
  assert.equal(early.text(), 'four ')
})

test('who finds it ready while the last listener before is being forgotten misses nothing', async (t) => {
  const { feeds, conversationId, follow, say, heard } = await twoNodes(t)
  await feeds.ready(conversationId)
  const stop = follow()
  stop()
  // Just before the time after which nobody's conversation is let go.
  await setTimeout(1_900)
  await feeds.ready(conversationId)
  await setTimeout(300)
  follow()
  const arrive = await say('after')
  arrive()
  assert.deepEqual(heard, ['after'])
})
