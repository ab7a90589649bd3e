import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryStorage } from '../src/index.ts'
import { newWorld } from './world.ts'

test('a read mark that is moved without a connection survives the client, and is sent by its next life', async () => {
  const { connect, clock, server, conversation, alice, bob } = newWorld()
  const storage = new MemoryStorage()
  const first = await connect(alice, { storage })
  const writer = await connect(bob)
  for (const body of ['one', 'two', 'three']) writer.conversation(conversation.id).send(body)
  await clock.advance(1_000)
  const read = () => conversation.readState(alice.account.id).readSeq
  server.network.goOffline()
  first.conversation(conversation.id).markRead(2)
  await clock.advance(100)
  first.close()
  assert.deepEqual([read(), (await storage.load()).length], [0, 1])
  server.network.goOnline()
  const next = await connect(alice, { storage })
  await clock.advance(1_000)
  assert.deepEqual([read(), next.conversations.get().unread], [2, 1])
  assert.deepEqual(next.outbox.list.get(), [])
  assert.deepEqual(await storage.load(), [])
})

test('the last of the marks that were moved without a connection is kept, also one that goes back', async () => {
  const { connect, clock, server, conversation, alice, bob } = newWorld()
  const storage = new MemoryStorage()
  const client = await connect(alice, { storage })
  const writer = await connect(bob)
  for (const body of ['one', 'two', 'three']) writer.conversation(conversation.id).send(body)
  await clock.advance(1_000)
  client.conversation(conversation.id).markRead()
  await clock.advance(100)
  assert.deepEqual(await storage.load(), [])
  server.network.goOffline()
  client.conversation(conversation.id).markRead(3)
  client.conversation(conversation.id).markUnread(2)
  await clock.advance(100)
  client.close()
  server.network.goOnline()
  await connect(alice, { storage })
  await clock.advance(1_000)
  assert.equal(conversation.readState(alice.account.id).readSeq, 1)
})
