import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chatWith } from '../support/chat.ts'
import { until } from '../support/until.ts'

test('contacts hear of the first connection and of the last disconnection, in order, and nobody else does', async (t) => {
  const { chat, people, newsFor } = await chatWith(t, 'alice', 'bob', 'eve')
  await chat.contacts.add(people.alice.accountId, people.bob.accountId)
  const [forBob, forAlice, forEve] = [newsFor(people.bob), newsFor(people.alice), newsFor(people.eve)]
  const [phone, laptop] = await Promise.all([
    chat.presence.connect(people.alice),
    chat.presence.connect(people.alice),
  ])
  assert.equal(await chat.presence.isOnline(people.alice.accountId), true)
  await Promise.all([phone(), phone(), laptop()])
  assert.equal(await chat.presence.isOnline(people.alice.accountId), false)
  assert.deepEqual(
    forBob.map((news) => news.type === 'contact.presence' && [news.contact.username, news.isOnline]),
    [
      ['alice', true],
      ['alice', false],
    ],
  )
  assert.deepEqual([...forAlice, ...forEve], [])
})

test('a quick change of mind is told as it happened', async (t) => {
  const { chat, people, newsFor } = await chatWith(t, 'alice', 'bob')
  await chat.contacts.add(people.alice.accountId, people.bob.accountId)
  const forBob = newsFor(people.bob)
  for (let i = 0; i < 5; i++) {
    const disconnect = await chat.presence.connect(people.alice)
    void disconnect()
  }
  const last = await chat.presence.connect(people.alice)
  await last()
  const told = forBob.map((news) => news.type === 'contact.presence' && news.isOnline)
  assert.deepEqual(
    told,
    told.map((_, i) => i % 2 === 0),
  )
  assert.equal(told.at(-1), false)
})

test('constant coming and going is told a bounded number of times, and in the end as it is', async (t) => {
  const { chat, people, newsFor } = await chatWith(t, 'alice', 'bob')
  await chat.contacts.add(people.alice.accountId, people.bob.accountId)
  const told: boolean[] = []
  const forBob = newsFor(people.bob)
  const flap = async () => (await chat.presence.connect(people.alice))()
  for (let n = 0; n < 150; n++) await flap()
  const disconnect = await chat.presence.connect(people.alice)
  for (const news of forBob) if (news.type === 'contact.presence') told.push(news.isOnline)
  assert.ok(told.length < 100, `${told.length} times of 301`)
  const last = () => forBob.filter((news) => news.type === 'contact.presence').at(-1)
  await until('the truth', () => last()?.isOnline)
  await disconnect()
  await until('the truth again', () => last()?.isOnline === false)
  assert.ok(forBob.length < 110)
})

test('last seen moves with coming and going', async (t) => {
  const { chat, clock, people } = await chatWith(t, 'alice')
  assert.equal(people.alice.lastSeenAt, people.alice.createdAt)
  const disconnect = await chat.presence.connect(people.alice)
  const online = (await chat.accounts.find(people.alice.accountId))?.lastSeenAt ?? 0
  clock.advance(5_000_000)
  await disconnect()
  const gone = (await chat.accounts.find(people.alice.accountId))?.lastSeenAt ?? 0
  assert.ok(people.alice.createdAt < online && online + 5_000_000 <= gone)
})

test('one who is blocked sees the blocker offline, from the block to its end', async (t) => {
  const { chat, people, newsFor } = await chatWith(t, 'alice', 'bob', 'eve')
  const [aliceId, bobId, eveId] = [people.alice.accountId, people.bob.accountId, people.eve.accountId]
  for (const contactId of [bobId, eveId]) await chat.contacts.add(aliceId, contactId)
  const disconnect = await chat.presence.connect(people.alice)
  const [forBob, forEve] = [newsFor(people.bob), newsFor(people.eve)]
  const told = (news: typeof forBob) =>
    news.flatMap((each) => (each.type === 'contact.presence' ? [each.isOnline] : []))
  await chat.contacts.block(aliceId, bobId)
  assert.deepEqual(told(forBob), [false])
  assert.deepEqual(await chat.presence.onlineAmong(bobId, [aliceId, eveId]), new Set())
  assert.deepEqual(await chat.presence.onlineAmong(eveId, [aliceId]), new Set([aliceId]))
  await disconnect()
  const again = await chat.presence.connect(people.alice)
  assert.deepEqual([told(forBob), told(forEve)], [[false], [false, true]])
  await chat.contacts.unblock(aliceId, bobId)
  assert.deepEqual(told(forBob), [false, true])
  await again()
})
