import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chatWith } from '../support/chat.ts'

test('a profile follows the rules of names, and what is cleared is as it was at first', async (t) => {
  const { chat, people, newsFor } = await chatWith(t, 'alice', 'bob')
  const { accountId } = people.alice
  const news = newsFor(people.alice)
  await chat.accounts.setProfile(accountId, { displayName: ' Alice A. ', bio: 'fox', email: 'a@example.org' })
  const named = await chat.accounts.find(accountId)
  assert.deepEqual([named?.displayName, named?.bio, named?.email], ['Alice A.', 'fox', 'a@example.org'])
  const refused = { code: 'name_refused', details: { field: 'displayName', fault: 'blank' } }
  await assert.rejects(chat.accounts.setProfile(accountId, { displayName: ' ' }), refused)
  const taken = { code: 'email_taken' }
  await assert.rejects(chat.accounts.setProfile(people.bob.accountId, { email: 'A@example.org' }), taken)
  await chat.accounts.setProfile(accountId, { displayName: null, bio: null, email: null })
  const cleared = await chat.accounts.find(accountId)
  assert.deepEqual([cleared?.displayName, cleared?.bio, cleared?.email], ['alice', null, null])
  assert.deepEqual(
    news.map((each) => each.type === 'account.changed' && [each.kind, each.number]),
    [
      ['profile', 1],
      ['profile', 2],
    ],
  )
})

test('settings are any object of at most 8,192 bytes', async (t) => {
  const { chat, people } = await chatWith(t, 'alice')
  const { accountId } = people.alice
  assert.deepEqual(await chat.accounts.settings(accountId), {})
  const settings = { text: 'x'.repeat(8_192 - '{"text":""}'.length) }
  await chat.accounts.setSettings(accountId, settings)
  assert.deepEqual(await chat.accounts.settings(accountId), settings)
  const longer = chat.accounts.setSettings(accountId, { text: `${settings.text}é` })
  await assert.rejects(longer, { code: 'settings_too_long', details: { maxBytes: 8_192 } })
})
