import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NativeReader } from '../support/native-reader.ts'
import type { NativeFrame, NativeSocket } from '../support/native-socket.ts'
import { type NativePerson, openNativeWorld } from './native-world.ts'

const world = await openNativeWorld()

const opsOf = (client: NativeSocket) => client.frames.flatMap(({ op }) => op ?? [])
const framesOf = (client: NativeSocket, conversation: string): readonly NativeFrame[] =>
  client.frames.filter((frame) => frame.conversation === conversation)

async function twoIn() {
  const [ann, bob] = [await world.join('ann'), await world.join('bob')]
  return { ann, bob, conversation: await world.group(ann, bob) }
}

/** Where a client stands that has just come. */
async function placeOf(person: NativePerson) {
  const client = await world.connect(person)
  const { epoch, cursor = 0, listings } = await client.next('ready')
  await client.close()
  const conversations: Record<string, number> = {}
  for (const { id, lastChange } of listings) conversations[id] = lastChange
  return { epoch, cursor, conversations }
}

test('tells a client that comes back what it missed, then what is new', async () => {
  const { ann, bob, conversation } = await twoIn()
  const place = await placeOf(bob)
  const a = await world.connect(ann)
  const first = await a.say(conversation, 'one')
  await a.say(conversation, 'two')
  await a.ok('message.edit', { conversation, seq: first.seq, body: 'one, edited' })
  await a.ok('reaction.put', { conversation, seq: first.seq, key: '👍' })
  const b = await world.connect(bob, place)
  const { version } = await a.say(conversation, 'three')
  await b.find('the new message', ({ op, change }) => op === 'event' && change === version)
  const [changes, ...events] = framesOf(b, conversation)
  assert.deepEqual(
    changes?.items.map(({ type }: { type: string }) => type),
    ['message.sent', 'message.sent', 'message.edited', 'message.reacted'],
  )
  assert.equal(changes?.items[0].data.message.body, 'one, edited')
  assert.equal(changes?.done, true)
  assert.equal(changes?.upTo, version - 1)
  assert.deepEqual(
    events.map(({ change }) => change),
    [version],
  )
  assert.deepEqual(opsOf(b).slice(0, 5), ['ready', 'changes', 'state', 'resumed', 'live'])
})

test('a reaction that was missed before an edit leaves the edit to be told', async () => {
  const { ann, bob, conversation } = await twoIn()
  const reader = new NativeReader(bob.token)
  await reader.connect(world.server.url)
  const a = await world.connect(ann)
  const { seq, version: sent } = await a.say(conversation, 'as it was')
  await reader.settled(conversation, sent)
  await reader.disconnect()
  await a.ok('reaction.put', { conversation, seq, key: '👍' })
  const { version } = await a.ok('message.edit', { conversation, seq, body: 'as it is' })
  await reader.connect(world.server.url)
  await reader.settled(conversation, version)
  const [changes] = framesOf(reader.socket ?? assert.fail(), conversation)
  assert.deepEqual(
    changes?.items.map(({ type, change, data }: NativeFrame) => [
      type,
      data.version ?? data.message.version,
      change,
    ]),
    [
      ['message.reacted', version - 1, version - 1],
      ['message.edited', version, version],
    ],
  )
  assert.partialDeepStrictEqual(reader.shown(conversation), [{ body: 'as it is', version }])
  await reader.disconnect()
})

test('a conversation of which nothing was missed is said to be whole', async () => {
  const { bob, conversation } = await twoIn()
  const place = await placeOf(bob)
  const b = await world.connect(bob, place)
  const [changes] = framesOf(b, conversation)
  assert.deepEqual(changes, {
    ...{ op: 'changes', conversation, items: [] },
    ...{ upTo: place.conversations[conversation], done: true },
  })
})

test('a number beyond the log’s end is a gap, and so is more than can be told', async () => {
  const { ann, bob, conversation } = await twoIn()
  const other = await world.group(ann, bob)
  const { epoch, cursor, conversations } = await placeOf(bob)
  const a = await world.connect(ann)
  const said = await Promise.all(Array.from({ length: 501 }, (_, n) => a.say(other, String(n))))
  const last = said.at(-1)
  const beyond = { [conversation]: 1_000, [other]: conversations[other] ?? 0 }
  const b = await world.connect(bob, { epoch, cursor, conversations: beyond })
  assert.deepEqual(framesOf(b, conversation), [
    { op: 'gap', conversation, head: 0, lastChange: conversations[conversation] },
  ])
  assert.deepEqual(framesOf(b, other), [
    { op: 'gap', conversation: other, head: last?.seq, lastChange: last?.version },
  ])
})

test('a conversation that one has left, and one that never was, are gone', async () => {
  const { ann, bob } = await twoIn()
  const own = await world.group(ann)
  const { epoch, cursor } = await placeOf(bob)
  const b = await world.connect(bob, { epoch, cursor, conversations: { [own]: 0, c_999999: 3 } })
  for (const conversation of [own, 'c_999999'])
    assert.deepEqual(framesOf(b, conversation), [{ op: 'gone', conversation }])
})

test('another epoch makes a gap of all', async () => {
  const { bob, conversation } = await twoIn()
  const { epoch, cursor } = await placeOf(bob)
  const b = await world.connect(bob, { epoch: 'another', cursor: 0, conversations: { [conversation]: 0 } })
  assert.deepEqual(
    b.frames.filter(({ op }) => op === 'gap'),
    [{ op: 'gap', epoch, cursor }],
  )
  assert.deepEqual(opsOf(b), ['ready', 'gap', 'resumed', 'live'])
})

test('the account’s own state is told from the cursor on', async () => {
  const { ann, bob, conversation } = await twoIn()
  const place = await placeOf(bob)
  const a = await world.connect(ann)
  await a.say(conversation, `hello @${bob.username}`)
  await world.ask(bob, `PUT /v1/conversations/${conversation}/read`, { seq: 1 })
  await world.ask(bob, `PATCH /v1/conversations/${conversation}/me`, { muted: true })
  await world.ask(bob, 'PATCH /v1/me', { settings: { theme: 'dark' } })
  const fresh = await world.group(ann, bob)
  const b = await world.connect(bob, place)
  const { items, done, cursor } = await b.next('state')
  assert.equal(done, true)
  assert.deepEqual(
    items.map(({ type }: { type: string }) => type),
    ['mentioned', 'read.moved', 'settings.changed', 'settings.changed', 'joined'],
  )
  assert.equal(items.at(-1).data.listing.id, fresh)
  assert.equal(items.at(-1).cursor, cursor)
  assert.deepEqual(items[1].data, { conversation, readSeq: 1, unread: 0, mentions: 0 })
  const { version } = await a.say(fresh, 'welcome')
  await b.find(
    'what is said there',
    ({ change, conversation: place }) => place === fresh && change === version,
  )
})

test('a number beyond the account’s own is a gap of its state', async () => {
  const { bob, conversation } = await twoIn()
  const { epoch, cursor, conversations } = await placeOf(bob)
  const b = await world.connect(bob, { epoch, cursor: cursor + 100, conversations })
  const gap = b.frames.find(({ op }) => op === 'gap')
  assert.deepEqual(gap, { op: 'gap', account: true, cursor })
  assert.equal(framesOf(b, conversation).length, 1)
})
