import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chatWith } from '../support/chat.ts'

test('the directory shows listed conversations page by page, and none to whom it bans', async (t) => {
  const { chat, people } = await chatWith(t, 'ann', 'bob')
  const { ann, bob } = people
  const open = (name: string) => chat.conversations.createOpen(ann.accountId, name, { isListed: true })
  const [{ conversation: alpha }] = [await open('Alpha'), await open('Beta'), await open('Gamma')]
  await chat.conversations.enter(bob, alpha)
  await chat.members.remove(ann.accountId, {
    conversationId: alpha.conversationId,
    accountId: bob.accountId,
  })
  const names = async (viewer: typeof bob, cursor: string | null = null) => {
    const { items, next } = await chat.directory.page(viewer.accountId, { cursor, limit: 2 })
    return { names: items.map(({ name }) => name), next }
  }
  const first = await names(ann)
  assert.deepEqual(first.names, ['Alpha', 'Beta'])
  assert.deepEqual(await names(ann, first.next), { names: ['Gamma'], next: null })
  assert.deepEqual((await names(bob)).names, ['Beta', 'Gamma'])
  const { items } = await chat.directory.page(bob.accountId, { search: 'al' })
  assert.deepEqual(items, [])
})

test('a topic has 250 characters at most, as people count them', async (t) => {
  const { chat, people } = await chatWith(t, 'ann')
  const { accountId } = people.ann
  const longest = '🦊'.repeat(250)
  const { conversation } = await chat.conversations.createOpen(accountId, null, { topic: longest })
  assert.equal(conversation.topic, longest)
  const change = (topic: string) =>
    chat.conversations.change(accountId, conversation.conversationId, { topic })
  for (const [topic, fault] of [
    [`${longest}x`, 'long'],
    ['x'.repeat(1_000_000), 'long'],
    ['\0', 'invisible'],
    ['\ud800', 'invisible'],
  ] as const) {
    const refusal = { code: 'name_refused', details: { field: 'topic', fault, maxCharacters: 250 } }
    await assert.rejects(change(topic), refusal)
    await assert.rejects(chat.conversations.createOpen(accountId, null, { topic }), refusal)
  }
  assert.equal((await change('short')).topic, 'short')
})
