import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { IDBFactory } from 'fake-indexeddb'
import { until } from '../../server/test/support/until.ts'
import { type Client, type Entry, type Kept, MemoryStorage, type OutboxStorage } from '../src/index.ts'
import { FileStorage } from '../src/node.ts'
import { IndexedDbStorage } from '../src/outbox/indexed-db.ts'
import { newWorld } from './world.ts'

const root = await mkdtemp(join(tmpdir(), 'parlance-outbox-'))
after(() => rm(root, { recursive: true }))

const states = (client: Client) => client.outbox.list.get().map(({ state }) => state)

test('a message that is sent without a connection waits, and goes in order when there is one', async () => {
  const { server, conversation, clock, alice, connect } = newWorld()
  const client = await connect(alice)
  server.network.goOffline()
  for (const body of ['one', 'two', 'three']) client.conversation(conversation.id).send(body)
  await clock.advance(5_000)
  assert.deepEqual(states(client), ['queued', 'queued', 'queued'])
  server.network.goOnline()
  await clock.advance(1_000)
  assert.deepEqual(
    conversation.messages.map(({ body }) => body),
    ['one', 'two', 'three'],
  )
  assert.deepEqual(states(client), [])
})

test('a send whose answer was lost is repeated with its id, and stored once', async () => {
  const { server, conversation, clock, alice, connect } = newWorld()
  const client = await connect(alice)
  const sending = client.conversation(conversation.id).send('once')
  // It has arrived, and nothing comes back.
  server.network.script = { ...server.network.script, loses: () => true }
  await clock.advance(10)
  server.network.cut()
  server.network.script = { ...server.network.script, loses: () => false }
  await clock.advance(30_000)
  assert.deepEqual(await sending.done(), { seq: 1 })
  assert.equal(conversation.messages.length, 1)
})

test('a message that is refused holds those after it until it is retried or discarded', async () => {
  const { server, conversation, clock, alice, connect } = newWorld()
  const client = await connect(alice)
  const place = client.conversation(conversation.id)
  server.refusal = 'message_refused'
  const first = place.send('first')
  place.send('second')
  await clock.advance(1_000)
  server.refusal = undefined
  await clock.advance(60_000)
  assert.deepEqual(states(client), ['failed', 'queued'])
  await assert.rejects(first.done(), { code: 'message_refused', retryable: false })
  client.outbox.retry(first.clientId)
  await clock.advance(1_000)
  assert.deepEqual(
    conversation.messages.map(({ body }) => body),
    ['first', 'second'],
  )
})

test('a message that may pass later is tried again by itself', async () => {
  const { server, conversation, clock, alice, connect } = newWorld()
  const client = await connect(alice)
  server.refusal = 'busy'
  client.conversation(conversation.id).send('patient')
  await clock.advance(60_000)
  assert.deepEqual(states(client), ['queued'])
  server.refusal = undefined
  await clock.advance(30_000)
  assert.equal(conversation.messages.length, 1)
})

test('a bot goes on after what is refused', async () => {
  const { server, conversation, clock, alice, connect } = newWorld()
  const client = await connect(alice, { refused: 'discard' })
  server.refusal = 'message_refused'
  const refused = client.conversation(conversation.id).send('refused')
  await clock.advance(10)
  server.refusal = undefined
  client.conversation(conversation.id).send('taken')
  await clock.advance(100)
  await assert.rejects(refused.done(), { code: 'message_refused' })
  assert.deepEqual(
    conversation.messages.map(({ body }) => body),
    ['taken'],
  )
})

test('an outbox takes a thousand, and refuses the next', async () => {
  const { server, conversation, alice, connect } = newWorld()
  const client = await connect(alice)
  server.network.goOffline()
  const place = client.conversation(conversation.id)
  for (let at = 0; at < 1_000; at += 1) place.send(String(at))
  assert.throws(() => place.send('too many'), { code: 'outbox_full' })
})

/** The parts of a browser that its tabs share. */
type Browser = NonNullable<ConstructorParameters<typeof IndexedDbStorage>[1]>

function newBrowser(): Browser {
  const { navigator, BroadcastChannel } = globalThis
  return { indexedDB: new IDBFactory(), navigator, BroadcastChannel } as unknown as Browser
}

const entry = (clientId: string, order: number): Entry => ({
  clientId,
  order,
  conversation: 'c_1',
  draft: { kind: 'send', body: clientId },
  state: 'queued',
})

let names = 0
const kinds: Readonly<Record<string, () => () => OutboxStorage>> = {
  memory: () => {
    const storage = new MemoryStorage()
    return () => storage
  },
  file: () => {
    names += 1
    const path = join(root, `outbox-${names}.json`)
    return () => new FileStorage(path)
  },
  IndexedDB: () => {
    names += 1
    const [name, browser] = [`test-${names}`, newBrowser()]
    return () => new IndexedDbStorage(name, browser)
  },
}

for (const [kind, prepare] of Object.entries(kinds)) {
  test(`${kind} keeps entries as they were put last, and forgets those that were removed`, async () => {
    const open = prepare()
    const storage = open()
    assert.deepEqual(await storage.load(), [])
    await Promise.all([
      storage.put(entry('one', 1)),
      storage.put(entry('two', 2)),
      storage.put(entry('three', 3)),
    ])
    await storage.put({ ...entry('two', 2), state: 'failed' })
    await storage.remove('one')
    const orderOf = (kept: Kept): number => ('order' in kept ? kept.order : 0)
    const kept = [...(await open().load())].sort((a, b) => orderOf(a) - orderOf(b))
    assert.deepEqual(kept, [{ ...entry('two', 2), state: 'failed' }, entry('three', 3)])
  })
}

test('a client that ends before it could send leaves its messages to the next', async () => {
  const path = join(root, 'left.json')
  const first = newWorld()
  const client = await first.connect(first.alice, { storage: new FileStorage(path) })
  first.server.network.goOffline()
  client.conversation(first.conversation.id).send('left')
  const kept = new FileStorage(path)
  await until('the file to be written', async () => (await kept.load()).length === 1)
  client.close()
  const second = newWorld()
  await second.connect(second.alice, { storage: new FileStorage(path) })
  await until('the message to come', async () => {
    await second.clock.advance(1_000)
    return second.conversation.messages.length === 1
  })
  assert.equal(second.conversation.messages[0]?.body, 'left')
})

/** As a browser is to a page that came over plain HTTP. */
const withoutLocks = (browser: Browser): Browser => ({ ...browser, navigator: {} })

for (const [kind, browserOf] of [
  ['one of several tabs sends for all, and another when it has gone', newBrowser],
  [
    'tabs without Web Locks send each for itself, and what two send is one message',
    () => withoutLocks(newBrowser()),
  ],
] as const)
  test(kind, async () => {
    const { conversation, clock, alice, connect } = newWorld()
    const [name, browser] = ['tabs', browserOf()]
    const tabs = [
      await connect(alice, { storage: new IndexedDbStorage(name, browser) }),
      await connect(alice, { storage: new IndexedDbStorage(name, browser) }),
    ] as const
    after(() => {
      for (const tab of tabs) tab.close()
    })
    const arrived = (count: number) =>
      until('the messages to come', async () => {
        await clock.advance(100)
        return (
          conversation.messages.length === count && tabs.every((tab) => tab.outbox.list.get().length === 0)
        )
      })
    const sending = tabs[1].conversation(conversation.id).send('from the second')
    tabs[0].conversation(conversation.id).send('from the first')
    await arrived(2)
    await sending.done()
    tabs[0].close()
    tabs[1].conversation(conversation.id).send('alone')
    await arrived(3)
    assert.equal(new Set(conversation.messages.map(({ clientId }) => clientId)).size, 3)
  })
