import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Appended, toMessageId } from '../../src/core/chat.ts'
import { chatWith } from '../support/chat.ts'
import { hearFailures } from '../support/failures.ts'

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

test('a node’s own listener hears each of its own commits once, after its subscribers', async (t) => {
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

test('a send in flight is told that it is committed also when a listener fails', async (t) => {
  const { chat, people } = await chatWith(t, 'alice')
  const { conversation } = await chat.conversations.createGroup(people.alice.accountId, [], null)
  const standing = await chat.conversations.standing(people.alice.accountId, conversation.conversationId)
  assert.ok(standing)
  const failures = hearFailures()
  t.after(
    chat.messages.onSentHere(() => {
      throw new Error('a bug')
    }),
  )
  const outcomes: string[] = []
  const outcome = {
    commit: ({ message }: Appended) => outcomes.push(message.body),
    refuse: () => outcomes.push('refused'),
  }
  await chat.messages.append(people.alice, standing, { body: 'one' }, outcome)
  await chat.messages
    .append(people.alice, standing, { body: 'two', replyTo: toMessageId(99) }, outcome)
    .catch(() => undefined)
  assert.deepEqual(outcomes, ['one', 'refused'])
  assert.match(String(failures), /a bug/)
})

test('a native message is told with all its details, and is in its thread', async (t) => {
  const { chat, people, eventsOf } = await chatWith(t, 'ann')
  const { conversation } = await chat.conversations.createOpen(people.ann.accountId, null)
  const { conversationId } = conversation
  const standing = await chat.conversations.enter(people.ann, conversation)
  const root = await chat.messages.send(people.ann, standing, { body: 'root' })
  const events = eventsOf(conversationId)
  const native = { format: 'markdown', thread: root.seq, replyToSeq: root.seq } as const
  const { seq } = await chat.messages.send(people.ann, standing, { body: '*answer*', clientId: 'c', native })
  const [sent] = events
  assert.ok(sent?.type === 'message.sent')
  const stored = await chat.messages.get({ conversationId, seq })
  assert.deepEqual(sent.message, stored)
  assert.equal(stored?.clientId, 'c')
  const replies = await chat.messages.replies(root, { after: 0, limit: 9 })
  assert.deepEqual(replies, [stored])
})
