import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { present } from '../store/world.ts'
import { chatWith } from '../support/chat.ts'

async function groupOf(t: TestContext) {
  const world = await chatWith(t, 'ann', 'Bob', 'cy.d', 'eve', 'Björn', 'ren\u00e9')
  const { chat, people } = world
  const { ann, eve, ...others } = people
  const ids = Object.values(others).map(({ accountId }) => accountId)
  const { conversation } = await chat.conversations.createGroup(ann.accountId, ids, null)
  const { conversationId } = conversation
  const standingOf = async (accountId: typeof ann.accountId) =>
    present(await chat.conversations.standing(accountId, conversationId))
  const names = new Map(Object.values(people).map(({ accountId, username }) => [accountId, username]))
  /** Everyone named in a text, and the characters that name them. */
  const find = async (body: string, writer = ann) => {
    const found = await chat.mentions.find(writer, await standingOf(writer.accountId), body)
    return found.map((mention) => {
      const [from, to] = mention.at
      return [body.slice(from, to), 'all' in mention ? 'everybody' : names.get(mention.account)]
    })
  }
  return { ...world, ann, eve, conversation, conversationId, find, standingOf }
}

test('members are named by their names after an @, in any case and form, at places in UTF-16 units', async (t) => {
  const { find } = await groupOf(t)
  assert.deepEqual(await find('hi @bob, and @BJO\u0308RN!'), [
    ['@bob', 'Bob'],
    ['@BJO\u0308RN', 'Björn'],
  ])
  assert.deepEqual(await find('👋🏽@Bob'), [['@Bob', 'Bob']])
  assert.deepEqual(await find('@bob @bob'), [
    ['@bob', 'Bob'],
    ['@bob', 'Bob'],
  ])
  assert.deepEqual(await find('(@René)'), [['@René', 'ren\u00e9']])
})

test('a name is whole words, and the punctuation of the sentence is no part of it', async (t) => {
  const { find } = await groupOf(t)
  assert.deepEqual(await find('bob@bob.example, @bobby, x@bob, @@bob'), [])
  assert.deepEqual(await find('@cy.d'), [['@cy.d', 'cy.d']])
  assert.deepEqual(await find('@cy.d. @bob... @bob-'), [
    ['@cy.d', 'cy.d'],
    ['@bob', 'Bob'],
    ['@bob', 'Bob'],
  ])
  assert.deepEqual(await find('@ann'), [['@ann', 'ann']])
  assert.deepEqual(await find('@ @. nobody'), [])
})

test('a row of a million marks in a name is looked at once', async (t) => {
  const { find } = await groupOf(t)
  const marks = '.-'.repeat(500_000)
  assert.deepEqual(await find(`@${marks}x @bob${marks}`), [['@bob', 'Bob']])
})

test('strangers are not named, nor those who have blocked the writer', async (t) => {
  const { chat, people, find } = await groupOf(t)
  assert.deepEqual(await find('@eve @nobody @bob'), [['@bob', 'Bob']])
  await chat.contacts.block(people.Bob.accountId, people.ann.accountId)
  assert.deepEqual(await find('@bob @cy.d'), [['@cy.d', 'cy.d']])
})

test('at most 50 places of a text name somebody', async (t) => {
  const { find } = await groupOf(t)
  assert.equal((await find('@bob '.repeat(60))).length, 50)
})

test('everybody is named by moderators and above, in large conversations once a minute', async (t) => {
  const { chat, people, clock, conversation, conversationId, ann, standingOf, find } = await groupOf(t)
  assert.deepEqual(await find('@all'), [['@all', 'everybody']])
  assert.deepEqual(await find('@all', people.Bob), [])
  const standing = await standingOf(ann.accountId)
  const large = { ...standing, conversation: { ...conversation, memberCount: 101 } }
  const mentions = await chat.mentions.find(ann, large, '@all')
  assert.equal(mentions.length, 1)
  await chat.messages.send(ann, standing, { body: '@all', native: { mentions } })
  assert.deepEqual(await chat.mentions.find(ann, large, '@all'), [])
  assert.equal((await find('@all')).length, 1)
  clock.advance(60_000_000)
  assert.equal((await chat.mentions.find(ann, large, '@all')).length, 1)
  assert.equal(conversationId, large.conversation.conversationId)
})

test('a named member hears of it by a number of its own, and finds it', async (t) => {
  const { chat, people, ann, standingOf, newsFor } = await groupOf(t)
  const standing = await standingOf(ann.accountId)
  const news = newsFor(people.Bob)
  const send = async (body: string) => {
    const mentions = await chat.mentions.find(ann, standing, body)
    return chat.messages.send(ann, standing, { body, native: { mentions } })
  }
  const { seq } = await send('@bob')
  await chat.messages.edit(ann, standing, {
    ...{ seq, body: '@bob @cy.d' },
    mentions: await chat.mentions.find(ann, standing, '@bob @cy.d'),
  })
  assert.deepEqual(
    news.map(({ type }) => type),
    ['account.changed'],
  )
  const [listed] = await chat.mentions.list(people['cy.d'].accountId, { limit: 9 })
  assert.equal(listed?.body, '@bob @cy.d')
})
