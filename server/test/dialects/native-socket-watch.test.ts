import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NativeFrame, NativeSocket } from '../support/native-socket.ts'
import { until } from '../support/until.ts'
import { openNativeWorld } from './native-world.ts'

const world = await openNativeWorld()

const told = (client: NativeSocket, op: string): readonly NativeFrame[] =>
  client.frames.filter((frame) => frame.op === op)

test('tells who types, of what is watched alone', async () => {
  const [ann, bob] = [await world.join('ann'), await world.join('bob')]
  const [conversation, other] = [await world.group(ann, bob), await world.group(ann, bob)]
  const [a, b] = [await world.connect(ann), await world.connect(bob)]
  await b.ok('watch', { conversations: [conversation], accounts: [] })
  for (const place of [other, conversation]) await a.ok('typing', { conversation: place })
  await a.ok('typing', { conversation, isTyping: false })
  await until('the end of typing', () => told(b, 'typing').length === 2)
  const frame = { op: 'typing', conversation, account: ann.id }
  assert.deepEqual(told(b, 'typing'), [
    { ...frame, isTyping: true },
    { ...frame, isTyping: false },
  ])
  await b.ok('watch', { conversations: [], accounts: [] })
  await a.ok('typing', { conversation })
  await b.ok('ping')
  assert.equal(told(b, 'typing').length, 2)
})

test('tells who is online, but not of strangers nor of those who have blocked the watcher', async () => {
  const [ann, bob, cy, dan] = await Promise.all(['ann', 'bob', 'cy', 'dan'].map((name) => world.join(name)))
  assert.ok(ann && bob && cy && dan)
  await world.group(ann, bob, cy)
  const b = await world.connect(bob)
  await world.connect(dan)
  const a = await world.connect(ann)
  await a.ok('watch', { conversations: [], accounts: [bob.id, cy.id, dan.id] })
  const shown = () => Object.fromEntries(told(a, 'presence').map(({ account, online }) => [account, online]))
  assert.deepEqual(shown(), { [bob.id]: true, [cy.id]: false, [dan.id]: false })
  const c = await world.connect(cy)
  await until('cy online', () => shown()[cy.id] === true)
  await b.close()
  await until('bob offline', () => shown()[bob.id] === false)
  const { chat } = world.server
  const [annId, cyId] = await Promise.all(
    [ann, cy].map(async ({ username }) => (await chat.accounts.findByUsername(username))?.accountId),
  )
  assert.ok(annId && cyId)
  await chat.contacts.block(cyId, annId)
  await until('cy hidden', () => shown()[cy.id] === false)
  await chat.contacts.unblock(cyId, annId)
  await until('cy shown again', () => shown()[cy.id] === true)
  await c.close()
})

test('tells how far the others have read, unless they keep that to themselves', async () => {
  const [ann, bob, cy] = await Promise.all(['ann', 'bob', 'cy'].map((name) => world.join(name)))
  assert.ok(ann && bob && cy)
  const conversation = await world.group(ann, bob, cy)
  await world.ask(cy, 'PATCH /v1/me', { settings: { receipts: false } })
  const [a, b, c] = [await world.connect(ann), await world.connect(bob), await world.connect(cy)]
  await a.ok('watch', { conversations: [conversation], accounts: [] })
  for (const body of ['one', 'two', 'three']) await a.say(conversation, body)
  await c.ok('read', { conversation, seq: 3 })
  for (const seq of [1, 2, 3]) await b.ok('read', { conversation, seq })
  await until('the last receipt', () => told(a, 'receipt').some(({ readSeq }) => readSeq === 3))
  const frame = { op: 'receipt', conversation, account: bob.id }
  assert.deepEqual(told(a, 'receipt'), [
    { ...frame, readSeq: 1 },
    { ...frame, readSeq: 3 },
  ])
})
