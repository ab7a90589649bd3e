import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newWorld, shownBy } from './world.ts'

const nothing = () => undefined

test('a timeline that is watched loads the newest page, and hears what follows', async () => {
  const { conversation, clock, alice, bob, connect } = newWorld()
  conversation.send(bob.account.id, { clientId: '1', body: 'one' })
  const client = await connect(alice)
  const { timeline } = client.conversation(conversation.id)
  assert.deepEqual(shownBy(client, conversation.id), ['1..1'])
  timeline.subscribe(nothing)
  await clock.advance(100)
  conversation.send(bob.account.id, { clientId: '2', body: 'two' })
  await clock.advance(100)
  assert.deepEqual(shownBy(client, conversation.id), ['one', 'two'])
  assert.ok(timeline.get().isWhole)
})

test('a message is shown while it is on its way, and once when it has come', async () => {
  const { conversation, clock, alice, connect } = newWorld()
  const client = await connect(alice)
  const place = client.conversation(conversation.id)
  place.timeline.subscribe(nothing)
  await clock.advance(100)
  const sending = place.send('hello')
  assert.deepEqual(shownBy(client, place.id), ['(hello)'])
  const [outgoing] = place.timeline.get().items
  await clock.advance(100)
  assert.deepEqual(shownBy(client, place.id), ['hello'])
  assert.equal(place.timeline.get().items[0]?.key, outgoing?.key)
  assert.deepEqual(await sending.done(), { seq: 1 })
  assert.deepEqual(client.outbox.list.get(), [])
})

test('islands have a hole between them, which can be filled from both ends', async () => {
  const { conversation, clock, alice, bob, connect } = newWorld()
  for (let seq = 1; seq <= 60; seq += 1)
    conversation.send(bob.account.id, { clientId: String(seq), body: String(seq) })
  const client = await connect(alice)
  const { timeline } = client.conversation(conversation.id)
  const loads = [timeline.loadNewest(5), timeline.loadAround(20, 4)]
  await clock.advance(100)
  await Promise.all(loads)
  const expected = ['1..17', '18', '19', '20', '21', '22..55', '56', '57', '58', '59', '60']
  assert.deepEqual(shownBy(client, conversation.id), expected)
  const hole = timeline.get().items[5]
  assert.ok(hole?.kind === 'hole')
  const fills = [hole.fill('older', 30), hole.fill('newer', 2)]
  await clock.advance(100)
  await Promise.all(fills)
  assert.deepEqual(
    shownBy(client, conversation.id).filter((text) => text.includes('..')),
    ['1..17', '52..53'],
  )
})

test('after a gap the newest page is loaded, with a hole before it, and what changed of what is held is read again', async () => {
  const { conversation, clock, server, alice, bob, connect } = newWorld({ maxMissed: 5 })
  for (const body of ['one', 'two']) conversation.send(bob.account.id, { clientId: body, body })
  const client = await connect(alice)
  const { timeline } = client.conversation(conversation.id)
  timeline.subscribe(nothing)
  await clock.advance(100)
  server.network.goOffline()
  conversation.edit(bob.account.id, 1, 'changed')
  for (let seq = 3; seq <= 59; seq += 1)
    conversation.send(bob.account.id, { clientId: String(seq), body: String(seq) })
  server.network.goOnline()
  await clock.advance(1_000)
  const newest = Array.from({ length: 50 }, (_, index) => String(index + 10))
  assert.deepEqual(shownBy(client, conversation.id), ['changed', 'two', '3..9', ...newest])
  assert.equal(timeline.get().isStale, false)
  assert.equal(client.conversations.get().unread, 59)
})

test('the timeline of a conversation that the account has left shows nothing, and asks for nothing more', async () => {
  const { conversation, clock, server, alice, bob, connect } = newWorld()
  conversation.send(bob.account.id, { clientId: '1', body: 'one' })
  const runtime = server.network.runtime()
  const asked: string[] = []
  const fetch: typeof runtime.fetch = (url, init) => {
    asked.push(String(url))
    return runtime.fetch(url, init)
  }
  const client = await connect(alice, { runtime: { ...runtime, fetch } })
  client.conversation(conversation.id).timeline.subscribe(nothing)
  await clock.advance(100)
  asked.length = 0
  const data = { conversation: conversation.id }
  server.tell(alice, { op: 'account', cursor: alice.cursor + 1, type: 'left', data })
  await clock.advance(10_000)
  assert.deepEqual(shownBy(client, conversation.id), [])
  assert.deepEqual(asked, [])
})

test('another epoch drops the store, and keeps the outbox', async () => {
  const { conversation, clock, server, alice, bob, connect } = newWorld()
  conversation.send(bob.account.id, { clientId: '1', body: 'one' })
  const client = await connect(alice)
  const place = client.conversation(conversation.id)
  place.timeline.subscribe(nothing)
  await clock.advance(100)
  server.network.goOffline()
  place.send('kept')
  server.epoch = 'epoch-2'
  await clock.advance(1_000)
  assert.deepEqual(shownBy(client, place.id), ['one', '(kept)'])
  server.network.goOnline()
  await clock.advance(1_000)
  assert.deepEqual(shownBy(client, place.id), ['one', 'kept'])
})

test('a row that has not changed is the same object in the next snapshot', async () => {
  const { conversation, clock, alice, bob, connect } = newWorld()
  for (const body of ['one', 'two']) conversation.send(bob.account.id, { clientId: body, body })
  const client = await connect(alice)
  const { timeline } = client.conversation(conversation.id)
  timeline.subscribe(nothing)
  await clock.advance(100)
  const before = timeline.get()
  assert.equal(timeline.get(), before)
  conversation.edit(bob.account.id, 2, 'changed')
  await clock.advance(100)
  const after = timeline.get()
  assert.equal(after.items[0], before.items[0])
  assert.notEqual(after.items[1], before.items[1])
})

test('an edit, a reaction and a deletion are shown at once, and undone when they are refused', async () => {
  const { conversation, clock, server, alice, connect } = newWorld()
  const client = await connect(alice)
  const place = client.conversation(conversation.id)
  place.timeline.subscribe(nothing)
  place.send('one')
  await clock.advance(100)
  place.react(1, '👍')
  place.edit(1, 'changed')
  const [item] = place.timeline.get().items
  assert.ok(item?.kind === 'message')
  assert.deepEqual([item.message.body, item.own, item.message.reactions[0]?.count], ['changed', ['👍'], 1])
  await clock.advance(100)
  server.refusal = 'not_the_owner'
  const deletion = place.delete(1)
  assert.deepEqual(shownBy(client, place.id), ['deleted'])
  await clock.advance(100)
  await assert.rejects(deletion.done(), { code: 'not_the_owner' })
  assert.deepEqual(shownBy(client, place.id), ['changed'])
})

test('an event of a type that is not known stops nothing, and is heard', async () => {
  const { conversation, clock, server, alice, bob, connect } = newWorld()
  const client = await connect(alice)
  const heard: string[] = []
  client.on('event', ({ type }) => void heard.push(type))
  const { timeline } = client.conversation(conversation.id)
  timeline.subscribe(nothing)
  await clock.advance(100)
  server.tell(alice, {
    op: 'event',
    conversation: conversation.id,
    change: 1,
    type: 'poll.opened',
    data: { a: 1 },
  })
  server.tell(alice, { op: 'fireworks' })
  await clock.advance(100)
  conversation.send(bob.account.id, { clientId: '1', body: 'one' })
  await clock.advance(100)
  assert.deepEqual(heard, ['poll.opened', 'message.sent'])
  assert.deepEqual(shownBy(client, conversation.id), ['one'])
})

/** Messages by their own numbers, a page of the newest of them loaded. */
async function numbered(count: number) {
  const world = newWorld()
  const { conversation, clock, alice, bob, connect } = world
  for (let seq = 1; seq <= count; seq += 1)
    conversation.send(bob.account.id, { clientId: String(seq), body: String(seq) })
  const client = await connect(alice)
  const { timeline, listing } = client.conversation(conversation.id)
  timeline.subscribe(nothing)
  await clock.advance(100)
  return { ...world, client, timeline, listing }
}

test('a purge takes the oldest messages out of a timeline, which is whole from there on', async () => {
  const { conversation, clock, client, timeline, listing } = await numbered(5)
  assert.equal(listing.get()?.me.unread, 5)
  conversation.purge(3)
  await clock.advance(100)
  assert.deepEqual(shownBy(client, conversation.id), ['4', '5'])
  assert.ok(timeline.get().isWhole)
  const { firstSeq, me, lastMessage } = listing.get() ?? assert.fail()
  assert.deepEqual([firstSeq, me.unread, lastMessage?.body], [4, 2, '5'])
  conversation.purge(5)
  await clock.advance(100)
  assert.deepEqual(shownBy(client, conversation.id), [])
  assert.ok(timeline.get().isWhole)
  assert.deepEqual([listing.get()?.me.unread, listing.get()?.lastMessage], [0, null])
})

test('a hole ends where the history begins after a purge', async () => {
  const { conversation, clock, client, timeline } = await numbered(90)
  assert.deepEqual(shownBy(client, conversation.id).slice(0, 2), ['1..40', '41'])
  conversation.purge(30)
  await clock.advance(100)
  assert.deepEqual(shownBy(client, conversation.id).slice(0, 2), ['31..40', '41'])
  assert.equal(timeline.get().isWhole, false)
  const loading = timeline.loadOlder()
  await clock.advance(100)
  await loading
  assert.equal(shownBy(client, conversation.id)[0], '31')
  assert.ok(timeline.get().isWhole)
  conversation.purge(60)
  await clock.advance(100)
  assert.equal(shownBy(client, conversation.id)[0], '61')
})

test('a page from before a purge brings nothing back', async () => {
  const { conversation, clock, client, timeline } = await numbered(60)
  const loading = timeline.loadAround(5, 4)
  // The answer is on its way already.
  await clock.advance(1)
  conversation.purge(55)
  await clock.advance(100)
  await loading
  assert.deepEqual(shownBy(client, conversation.id), ['56', '57', '58', '59', '60'])
  assert.ok(timeline.get().isWhole)
})

test('a client that comes back after a purge shows what is kept', async () => {
  const { conversation, clock, server, bob, client, timeline, listing } = await numbered(6)
  server.network.goOffline()
  conversation.delete(bob.account.id, 6)
  conversation.purge(4)
  conversation.send(bob.account.id, { clientId: 'new', body: 'new' })
  server.network.goOnline()
  await clock.advance(60_000)
  assert.deepEqual(shownBy(client, conversation.id), ['5', 'deleted', 'new'])
  assert.ok(timeline.get().isWhole)
  assert.equal(listing.get()?.me.unread, 2)
})
