import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Histories } from '../../src/answers/index.ts'
import type { AuthoredMessage } from '../../src/core/chat.ts'
import { REACTION_WINDOW_MS } from '../../src/core/reactions.ts'
import { present, refuses } from '../store/world.ts'
import { chatWith } from '../support/chat.ts'

async function groupOf(t: TestContext) {
  const { chat, store, people, eventsOf } = await chatWith(t, 'ann', 'bob', 'cy')
  const { ann, bob, cy } = people
  const { conversation } = await chat.conversations.createGroup(
    ann.accountId,
    [bob.accountId, cy.accountId],
    null,
  )
  const { conversationId } = conversation
  const standings = await Promise.all(
    [ann, bob, cy].map(({ accountId }) => chat.conversations.standing(accountId, conversationId)),
  )
  const [ofAnn, ofBob, ofCy] = standings.map(present)
  assert.ok(ofAnn && ofBob && ofCy)
  const { seq } = await chat.messages.send(ann, ofAnn, { body: 'one' })
  let writes = 0
  const apply = store.reactions.apply.bind(store.reactions)
  store.reactions.apply = (wishes) => {
    writes++
    return apply(wishes)
  }
  return {
    chat,
    store,
    conversation,
    conversationId,
    seq,
    ...{ ann, bob, cy, ofAnn, ofBob, ofCy },
    eventsOf,
    writes: () => writes,
  }
}

/** The store answers from its own thread: turns of the event loop, which mocked timers leave alone. */
async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setImmediate(resolve))
}

test('the first reaction is written at once, and those of the window behind it are one write and one change', async (t) => {
  const { chat, seq, conversationId, ann, bob, cy, ofAnn, ofBob, ofCy, eventsOf, writes } = await groupOf(t)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const events = eventsOf(conversationId)
  const first = await chat.reactions.put(ann, ofAnn, { seq, key: '👍' })
  assert.deepEqual(first.reactions, [{ key: '👍', count: 1, last: [ann.accountId] }])
  const answers: number[] = []
  const later = [
    chat.reactions.put(bob, ofBob, { seq, key: '👍' }),
    chat.reactions.put(cy, ofCy, { seq, key: '👍' }),
    chat.reactions.remove(ann, ofAnn, { seq, key: '👍' }),
  ].map((answer) => answer.then(({ version }) => answers.push(version)))
  t.mock.timers.tick(REACTION_WINDOW_MS - 1)
  assert.deepEqual([writes(), events.length], [1, 1])
  t.mock.timers.tick(1)
  await Promise.all(later)
  assert.deepEqual([writes(), events.length], [2, 2])
  assert.deepEqual(answers, [first.version + 1, first.version + 1, first.version + 1])
  const [, told] = events
  assert.ok(told?.type === 'message.reacted')
  assert.deepEqual(
    told.by.map(({ account, added }) => [account, added]),
    [
      [bob.accountId, true],
      [cy.accountId, true],
      [ann.accountId, false],
    ],
  )
  assert.deepEqual(told.reactions, [{ key: '👍', count: 2, last: [bob.accountId, cy.accountId] }])
})

test('a write of those that waited has others wait behind it, and a quiet window lets the next one go at once', async (t) => {
  const { chat, seq, ann, bob, ofAnn, ofBob, writes } = await groupOf(t)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  await chat.reactions.put(ann, ofAnn, { seq, key: 'a' })
  const second = chat.reactions.put(ann, ofAnn, { seq, key: 'b' })
  t.mock.timers.tick(REACTION_WINDOW_MS)
  await second
  const third = chat.reactions.put(bob, ofBob, { seq, key: 'c' })
  assert.equal(writes(), 2)
  t.mock.timers.tick(REACTION_WINDOW_MS)
  await third
  t.mock.timers.tick(REACTION_WINDOW_MS)
  await chat.reactions.put(bob, ofBob, { seq, key: 'd' })
  assert.equal(writes(), 4)
})

test('reactions to different messages do not wait for one another', async (t) => {
  const { chat, seq, ann, ofAnn, writes } = await groupOf(t)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const other = await chat.messages.send(ann, ofAnn, { body: 'two' })
  await chat.reactions.put(ann, ofAnn, { seq, key: 'a' })
  await chat.reactions.put(ann, ofAnn, { seq: other.seq, key: 'a' })
  assert.equal(writes(), 2)
})

test('one that is refused among those that waited is refused alone', async (t) => {
  const { chat, conversation, seq, ann, bob, ofAnn, ofBob } = await groupOf(t)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  await chat.reactions.put(ann, ofAnn, { seq, key: 'a' })
  const [mine, theirs] = [
    chat.reactions.put(ann, ofAnn, { seq, key: 'b' }),
    refuses(chat.reactions.put(bob, ofBob, { seq, key: 'c' }), 'unknown_message'),
  ]
  await chat.conversations.leave(bob.accountId, conversation)
  t.mock.timers.tick(REACTION_WINDOW_MS)
  await theirs
  assert.deepEqual(
    (await mine).reactions.map(({ key }) => key),
    ['a', 'b'],
  )
})

test('those that wait are bounded, and one more is refused', async (t) => {
  const { chat, seq, ann, ofAnn, writes } = await groupOf(t)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  await chat.reactions.put(ann, ofAnn, { seq, key: 'a' })
  let isAnswered = 0
  for (let n = 0; n < 1_000; n++) chat.reactions.put(ann, ofAnn, { seq, key: 'a' }).then(() => isAnswered++)
  await refuses(chat.reactions.put(ann, ofAnn, { seq, key: 'a' }), 'busy')
  t.mock.timers.tick(REACTION_WINDOW_MS)
  await until(() => isAnswered === 1_000)
  assert.equal(writes(), 2)
})

test('a key has at most 64 bytes', async (t) => {
  const { chat, seq, ann, ofAnn } = await groupOf(t)
  for (const key of ['', 'a\0', '👍'.repeat(17)])
    await refuses(chat.reactions.put(ann, ofAnn, { seq, key }), 'reaction_refused')
  const { reactions } = await chat.reactions.put(ann, ofAnn, { seq, key: '👍'.repeat(16) })
  assert.equal(reactions.length, 1)
})

test('reactions and pins leave kept histories as they are', async (t) => {
  const { chat, conversationId, seq, ann, ofAnn } = await groupOf(t)
  let reads = 0
  const histories = new Histories({
    list: (page) => chat.messages.list(page),
    listPlaces: (...places) => {
      reads++
      return chat.messages.listPlaces(...places)
    },
  })
  const write = ({ body }: AuthoredMessage) => JSON.stringify(body)
  const read = async () => {
    const conversation = present(await chat.conversations.find(conversationId))
    for await (const _ of histories.read({ conversation, before: Infinity, limit: 9, write }));
  }
  await read()
  const before = reads
  await chat.reactions.put(ann, ofAnn, { seq, key: '👍' })
  await chat.pins.pin(ann.accountId, { conversationId, seq })
  await read()
  assert.equal(reads, before)
})
