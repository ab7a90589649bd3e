import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Histories } from '../../src/answers/index.ts'
import type { Account, AuthoredMessage, Chat, Conversation, MessageId } from '../../src/core/chat.ts'
import { chatWith } from '../support/chat.ts'

const write = ({ messageId, body, sender }: AuthoredMessage): string =>
  JSON.stringify({ messageId, body, by: sender.username })

interface Range {
  readonly before?: number
  readonly limit?: number
}

/** A history through its blocks, and the same straight from the store. */
function reader(chat: Chat, { conversationId }: Conversation) {
  const histories = new Histories(chat.messages)
  const read = async ({ before = Infinity, limit = Infinity }: Range) => {
    const conversation = await chat.conversations.find(conversationId)
    assert.ok(conversation)
    const parts: string[] = []
    for await (const { bytes, starts, messageIds, senderIds } of histories.read({
      ...{ conversation, before, limit, write },
    })) {
      parts.push(bytes.toString())
      assert.equal(starts.length, messageIds.length)
      for (const [n, start] of starts.entries()) {
        const head = `{"messageId":${messageIds[n]},`
        assert.equal(
          bytes.toString('utf8', start, start + head.length),
          head,
          'each begins where it is said to',
        )
        assert.ok(senderIds[n])
      }
    }
    return `[${parts.join(',')}]`
  }
  const stored = async ({ before, limit = Infinity }: Range) => {
    const page = { conversationId, limit, ...(before !== undefined && { before }) }
    return `[${(await chat.messages.list(page)).map(write).join(',')}]`
  }
  return async (range: Range) => assert.equal(await read(range), await stored(range), JSON.stringify(range))
}

async function talk(chat: Chat, account: Account, conversation: Conversation, count: number) {
  const standing = await chat.conversations.enter(account, conversation)
  const bodies = Array.from({ length: count }, (_, n) => `${account.username} ${n} é漢🦊"\\\n`)
  const sent = await Promise.all(bodies.map((body) => chat.messages.send(account, standing, { body })))
  return sent.map(({ messageId }) => messageId)
}

const RANGES: readonly Range[] = [
  ...[{}, { limit: 1 }, { limit: 63 }, { limit: 64 }, { limit: 65 }, { limit: 128 }, { limit: 1000 }],
]

test('a history is what the store has, whatever was sent, deleted, joined and left since it was last read', async (t) => {
  const { chat, people } = await chatWith(t, 'ann', 'bob', 'cy')
  const { conversation } = await chat.conversations.createOpen(people.ann.accountId, 'square')
  const elsewhere = await chat.conversations.createOpen(people.ann.accountId, 'elsewhere')
  const check = reader(chat, conversation)
  const ids: MessageId[] = []
  const checkAll = async () => {
    for (const range of RANGES) await check(range)
    for (const at of [0, 1, 63, 64, 65, 130]) {
      const before = ids[at]
      if (before !== undefined) for (const range of RANGES) await check({ ...range, before })
    }
  }
  await checkAll()
  for (const count of [1, 63, 1, 64, 70]) {
    ids.push(...(await talk(chat, people.ann, conversation, count)))
    await talk(chat, people.bob, elsewhere.conversation, 3)
    await checkAll()
  }
  for (const at of [0, 64, 100, ids.length - 1]) {
    await chat.messages.delete(people.ann.accountId, ids[at] as MessageId)
    await checkAll()
  }
  await chat.conversations.enter(people.bob, conversation)
  ids.push(...(await talk(chat, people.bob, conversation, 5)))
  await checkAll()
  await chat.conversations.leave(people.bob.accountId, conversation)
  await talk(chat, people.cy, conversation, 1)
  await checkAll()
})

test('a block is made once, whatever happens beside its messages, and anew when one is edited or deleted', async (t) => {
  const { chat, people } = await chatWith(t, 'ann', 'bob')
  const { ann, bob } = people
  const { conversation } = await chat.conversations.createOpen(ann.accountId, null)
  const ids = await talk(chat, ann, conversation, 64)
  const { conversationId } = conversation
  let reads = 0
  const histories = new Histories({
    list: (page) => chat.messages.list(page),
    listPlaces: (...places) => {
      reads++
      return chat.messages.listPlaces(...places)
    },
  })
  const readsOf = async (change: () => Promise<unknown>) => {
    await change()
    const now = await chat.conversations.find(conversationId)
    assert.ok(now)
    reads = 0
    for await (const _ of histories.read({ conversation: now, before: Infinity, limit: 64, write }));
    return reads
  }
  const standing = await chat.conversations.enter(ann, conversation)
  assert.equal(await readsOf(async () => {}), 1)
  assert.equal(await readsOf(() => chat.conversations.enter(bob, conversation)), 0)
  assert.equal(await readsOf(() => chat.conversations.leave(bob.accountId, conversation)), 0)
  assert.equal(await readsOf(() => chat.messages.edit(ann, standing, { seq: 1, body: 'edited' })), 1)
  assert.equal(await readsOf(() => chat.messages.delete(ann.accountId, ids[1] as MessageId)), 1)
  assert.equal(await readsOf(async () => {}), 0)
})

test('messages that are sent while a history is read do not make it longer', async (t) => {
  const { chat, people } = await chatWith(t, 'ann')
  const { conversation } = await chat.conversations.createOpen(people.ann.accountId, null)
  await talk(chat, people.ann, conversation, 100)
  const found = await chat.conversations.find(conversation.conversationId)
  assert.ok(found)
  let messages = 0
  const range = { conversation: found, before: Infinity, limit: Infinity, write }
  for await (const { messageIds } of new Histories(chat.messages).read(range)) {
    messages += messageIds.length
    await talk(chat, people.ann, conversation, 70)
  }
  assert.equal(messages, 100)
})

test('a history with nothing left in it, and one whose every message of a block is deleted', async (t) => {
  const { chat, people } = await chatWith(t, 'ann')
  const { conversation } = await chat.conversations.createOpen(people.ann.accountId, null)
  const check = reader(chat, conversation)
  const ids = await talk(chat, people.ann, conversation, 70)
  for (const id of ids.slice(0, 64)) await chat.messages.delete(people.ann.accountId, id)
  for (const range of RANGES) await check(range)
  for (const id of ids.slice(64)) await chat.messages.delete(people.ann.accountId, id)
  for (const range of RANGES) await check(range)
})

test('others have the event loop many times while a long history is made', async (t) => {
  const { chat, people } = await chatWith(t, 'ann')
  const { conversation } = await chat.conversations.createOpen(people.ann.accountId, null)
  for (let n = 0; n < 4; n++) await talk(chat, people.ann, conversation, 1000)
  const found = await chat.conversations.find(conversation.conversationId)
  assert.ok(found)
  let turns = 0
  let isOver = false
  const turn = () => {
    turns++
    if (!isOver) setImmediate(turn)
  }
  turn()
  let length = 0
  const slow = (message: AuthoredMessage) => write(message).padEnd(20_000)
  const range = { conversation: found, before: Infinity, limit: Infinity, write: slow }
  for await (const { bytes } of new Histories(chat.messages).read(range)) length += bytes.length
  isOver = true
  assert.ok(length > 4000 * 20_000)
  assert.ok(turns > 20, `${turns} turns`)
})
