import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toConversationId } from '../../src/core/types.ts'
import { until } from '../support/until.ts'
import { type NativePerson, openNativeWorld } from './native-world.ts'

const world = await openNativeWorld()
const { retention } = world.server.chat

const idOf = (conversation: string) => toConversationId(Number(conversation.slice(2)))

interface Listing {
  readonly firstSeq: number
  readonly lastSeq: number
  readonly lastChange: number
  readonly lastMessage: { readonly body: string } | null
  readonly retentionDays: number | null
  readonly me: { readonly unread: number; readonly mentions: number }
  readonly can: readonly string[]
}

const listingOf = (by: NativePerson, conversation: string) =>
  world.ask<Listing>(by, `GET /v1/conversations/${conversation}`)

/** Two people, and five messages of the first that the second has not read. */
async function talk() {
  const [ann, bob] = [await world.join('ann'), await world.join('bob')]
  const conversation = await world.group(ann, bob)
  const a = await world.connect(ann)
  for (const body of ['1', '2', '3', '4', '5']) await a.say(conversation, body)
  return { ann, bob, conversation, a }
}

/** Purges all up to that place, which is not the last. */
async function purge(by: NativePerson, conversation: string, upTo: number): Promise<void> {
  const { sentAt } = await world.ask<{ sentAt: string }>(
    by,
    `GET /v1/conversations/${conversation}/messages/${upTo + 1}`,
  )
  const [seconds = '', fraction = ''] = sentAt.replace('Z', '').split('.')
  const micros = Date.parse(`${seconds}Z`) * 1_000 + Number(fraction.padEnd(6, '0'))
  assert.equal((await retention.purge(idOf(conversation), micros))?.upToSeq, upTo)
}

test('tells a purge live, and shows nothing of what went', async () => {
  const { ann, bob, conversation, a } = await talk()
  const b = await world.connect(bob)
  await purge(ann, conversation, 3)
  for (const client of [a, b]) {
    const { data } = await client.find('the purge', ({ type }) => type === 'history.purged')
    assert.deepEqual(data, { upToSeq: 3 })
  }
  const page = await world.ask<{ items: { seq: number }[]; hasBefore: boolean }>(
    bob,
    `GET /v1/conversations/${conversation}/messages?limit=9`,
  )
  assert.deepEqual([page.items.map(({ seq }) => seq), page.hasBefore], [[4, 5], false])
  const { firstSeq, lastSeq, me } = await listingOf(bob, conversation)
  assert.deepEqual([firstSeq, lastSeq, me.unread], [4, 5, 2])
})

test('tells a client that comes back of a purge, without what went', async () => {
  const { ann, bob, conversation } = await talk()
  const before = await world.connect(bob)
  const { epoch, cursor = 0 } = await before.next('ready')
  await before.close()
  await purge(ann, conversation, 2)
  const b = await world.connect(bob, { epoch, cursor, conversations: { [conversation]: 1 } })
  const changes = b.frames.find(({ op }) => op === 'changes')
  assert.deepEqual(
    changes?.items.map(({ type, change }: { type: string; change: number }) => [change, type]),
    [
      [4, 'message.sent'],
      [5, 'message.sent'],
      [6, 'message.sent'],
      [7, 'history.purged'],
    ],
  )
  assert.deepEqual([changes?.upTo, changes?.done], [7, true])
  const rest = await world.ask<{ items: { change: number }[]; upTo: number; done: boolean }>(
    bob,
    `GET /v1/conversations/${conversation}/changes?after=1`,
  )
  assert.deepEqual([rest.items.map(({ change }) => change), rest.upTo, rest.done], [[4, 5, 6, 7], 7, true])
})

test('answers a repeated send whose message is purged with its tombstone', async () => {
  const { ann, conversation, a } = await talk()
  const path = `POST /v1/conversations/${conversation}/messages`
  const send = { clientId: 'mine', body: 'once' }
  const first = await world.ask<{ seq: number; id: string }>(ann, path, send)
  await a.say(conversation, 'after it')
  await purge(ann, conversation, first.seq)
  const again = await world.ask<{ deletedAt: string | null }>(ann, path, send)
  assert.partialDeepStrictEqual(again, { id: first.id, seq: first.seq, body: '', clientId: 'mine' })
  assert.notEqual(again.deletedAt, null)
  assert.equal((await a.ok('message.send', { conversation, ...send })).seq, first.seq)
  assert.equal((await listingOf(ann, conversation)).lastSeq, first.seq + 1)
})

test('the owner chooses for how many days messages are kept, and nobody below an admin', async () => {
  const { ann, bob, conversation } = await talk()
  const path = `PATCH /v1/conversations/${conversation}`
  const changed = await world.ask<Listing>(ann, path, { retentionDays: 30 })
  assert.equal(changed.retentionDays, 30)
  assert.ok(changed.can.includes('retain'))
  await assert.rejects(world.ask(bob, path, { retentionDays: null }), /forbidden/)
  await assert.rejects(world.ask(ann, path, { retentionDays: 0 }), /retentionDays/)
  assert.equal((await world.ask<Listing>(ann, path, { retentionDays: null })).retentionDays, null)
})

test('a wish is fulfilled in steps by the server, and an age is waited for', async () => {
  const { ann, bob, conversation, a } = await talk()
  for (let n = 0; n < 250; n += 1) await a.say(conversation, `more ${n}`)
  const b = await world.connect(bob)
  await world.ask(ann, `PATCH /v1/conversations/${conversation}`, { retentionDays: 1 })
  await retention.run({ isWhole: true })
  assert.equal((await listingOf(bob, conversation)).firstSeq, 1)
  await retention.wish(idOf(conversation), Date.now() * 1_000 + 1_000)
  await retention.run({ isWhole: false })
  assert.equal(await retention.isWished(idOf(conversation)), false)
  const purges = () => b.frames.flatMap(({ type, data }) => (type === 'history.purged' ? [data.upToSeq] : []))
  await until('all purges', () => purges().length === 3)
  assert.deepEqual(purges(), [100, 200, 255])
  const { firstSeq, lastSeq, lastMessage, me } = await listingOf(bob, conversation)
  assert.deepEqual([firstSeq, lastSeq, lastMessage, me.unread], [256, 255, null, 0])
})

test('a deleted conversation tells each member that it is one no longer, and leaves nothing of what was said', async () => {
  const { ann, bob, conversation, a } = await talk()
  const { chat } = world.server
  for (let n = 0; n < 150; n += 1) await a.say(conversation, `more ${n}`)
  const b = await world.connect(bob)
  await chat.conversationRemovals.wish(idOf(conversation))
  await until('the messages to go', async () => {
    await chat.conversationRemovals.run()
    const { firstSeq, lastSeq } = (await chat.conversations.find(idOf(conversation))) ?? assert.fail()
    return firstSeq > lastSeq
  })
  for (const client of [a, b]) {
    await client.find('the end of the membership', ({ type, data }) => {
      return type === 'left' && data.conversation === conversation
    })
    // Nobody has removed anybody.
    for (const { type, data } of client.frames) if (type === 'member.left') assert.equal(data.by, null)
  }
  for (const person of [ann, bob]) {
    await assert.rejects(listingOf(person, conversation), /"status":404/)
    const { items } = await world.ask<{ items: { id: string }[] }>(person, 'GET /v1/conversations')
    assert.ok(items.every(({ id }) => id !== conversation))
    const found = await world.ask<{ items: unknown[] }>(person, 'GET /v1/search?q=more')
    assert.deepEqual(found.items, [])
  }
  assert.ok(!b.frames.some(({ type }) => type === 'history.purged'))
})
