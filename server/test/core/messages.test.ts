import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chatWith } from '../support/chat.ts'

test("a sender's wording travels with the event and is not stored", async (t) => {
  const { chat, people, eventsOf } = await chatWith(t, 'alice')
  const { conversation } = await chat.conversations.createGroup(people.alice.accountId, [], null)
  const { conversationId } = conversation
  const events = eventsOf(conversationId)
  const standing = await chat.conversations.standing(people.alice.accountId, conversationId)
  assert.ok(standing)
  const wording = { dialect: 'channels', text: '{}' }
  const worded = await chat.messages.send(people.alice, standing, { body: 'one', wording })
  const plain = await chat.messages.send(people.alice, standing, { body: 'two' })
  const said = events.map((event) => (event.type === 'message.sent' ? event.wording : assert.fail()))
  assert.deepEqual(said, [wording, undefined])
  assert.deepEqual(await chat.messages.list({ conversationId, limit: 10 }), [worded, plain])
})

test('a node is told of what it committed itself, once each, after its subscribers', async (t) => {
  const { chat, people, eventsOf } = await chatWith(t, 'alice')
  const { conversation } = await chat.conversations.createGroup(people.alice.accountId, [], null)
  const standing = await chat.conversations.standing(people.alice.accountId, conversation.conversationId)
  assert.ok(standing)
  const events = eventsOf(conversation.conversationId)
  const told: [body: string, published: number][] = []
  const stop = chat.messages.onSentHere(({ message }) => told.push([message.body, events.length]))
  await chat.messages.send(people.alice, standing, { body: 'one', clientId: 'c1' })
  await chat.messages.send(people.alice, standing, { body: 'again', clientId: 'c1' })
  await chat.messages.send(people.alice, standing, { body: 'two' })
  stop()
  await chat.messages.send(people.alice, standing, { body: 'three' })
  assert.deepEqual(told, [
    ['one', 1],
    ['two', 2],
  ])
})

test('a page of accounts is filled past those who blocked the viewer; a short one is the last', async (t) => {
  const { chat, people } = await chatWith(t, 'ann', 'bob', 'cy', 'dan', 'eve')
  const viewer = people.cy.accountId
  for (const blocker of [people.ann, people.bob, people.eve])
    await chat.contacts.block(blocker.accountId, viewer)
  const page = async (after: number, limit: number) =>
    (await chat.accounts.list(viewer, { after, limit })).map(({ username }) => username)
  assert.deepEqual(await page(0, 2), ['cy', 'dan'])
  assert.deepEqual(await page(0, 1), ['cy'])
  assert.deepEqual(await page(viewer, 2), ['dan'])
  assert.deepEqual(await page(people.dan.accountId, 2), [])
  assert.equal((await chat.accounts.list(people.dan.accountId, { after: 0, limit: 9 })).length, 5)
})
