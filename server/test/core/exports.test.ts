import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { AccountExport, ExportLine } from '../../src/core/chat.ts'
import { MICROS_PER_SECOND } from '../../src/lib/clock.ts'
import { newSecretUuid } from '../../src/lib/ids.ts'
import { present, series } from '../store/world.ts'
import { chatOn, chatWith, PASSWORD } from '../support/chat.ts'
import { stores } from '../support/stores.ts'

async function linesOf(exported: AccountExport): Promise<readonly ExportLine[]> {
  const lines: ExportLine[] = []
  for await (const page of exported) {
    assert.ok(page.length <= 250)
    lines.push(...page)
  }
  return lines
}

const HOUR = 3600 * MICROS_PER_SECOND

async function exporting(t: TestContext) {
  const { chat, people, clock, store } = await chatWith(t, 'ann', 'bob', 'cy')
  const { ann, bob, cy } = people
  const begin = ({ accountId } = ann, password = PASSWORD) => chat.exports.begin(accountId, { password })
  return { chat, store, clock, ann, bob, cy, begin }
}

for (const { name, missing, open } of await stores())
  describe(`an export on ${name}`, { skip: missing }, () => {
    test('has every text of the one of two who wrote 20,000 messages, and none of the other', async (t) => {
      const [store, remove] = await open()
      t.after(async () => {
        await store.close()
        await remove()
      })
      const { chat, people } = await chatOn(store, 'ann', 'bob')
      const { ann, bob } = people
      const { conversation } = await chat.conversations.openPrivate(ann.accountId, bob.accountId)
      const { conversationId } = conversation
      const standingOf = async ({ accountId }: typeof ann) =>
        present(await chat.conversations.standing(accountId, conversationId))
      const [ofAnn, ofBob] = [await standingOf(ann), await standingOf(bob)]
      const mine: string[] = []
      for (const _ of series(10)) {
        const sends = series(1_000).flatMap(() => {
          const text = newSecretUuid()
          mine.push(text)
          return [
            chat.messages.send(ann, ofAnn, { body: text }),
            chat.messages.send(bob, ofBob, { body: `bob ${newSecretUuid()}` }),
          ]
        })
        await Promise.all(sends)
      }
      const lines = await linesOf(await chat.exports.begin(ann.accountId, { password: PASSWORD }))
      const texts = lines.flatMap((line) => (line.kind === 'message' ? [line.body] : []))
      assert.deepEqual(texts.toSorted(), mine.toSorted())
      assert.doesNotMatch(JSON.stringify(lines), /bob [0-9a-f]/)
      const counts = {
        profile: 1,
        contact: 0,
        block: 0,
        membership: 1,
        message: 10_000,
        reaction: 0,
        file: 0,
      }
      assert.deepEqual(lines.at(-1), { kind: 'end', counts })
    })
  })

test('an export begins with its header and ends with what it has told', async (t) => {
  const { chat, ann, bob, cy, begin } = await exporting(t)
  await chat.contacts.add(ann.accountId, bob.accountId)
  await chat.contacts.block(ann.accountId, cy.accountId)
  const { conversation } = await chat.conversations.createOpen(ann.accountId, null)
  const standing = await chat.conversations.enter(ann, conversation)
  const { seq } = await chat.messages.send(ann, standing, { body: 'one' })
  await chat.reactions.put(ann, standing, { seq, key: '👍' })
  const lines = await linesOf(await begin())
  const [header, profile] = lines
  assert.ok(header?.kind === 'export')
  assert.deepEqual([header.version, header.account], [1, ann.accountId])
  assert.ok(profile?.kind === 'profile' && profile.username === 'ann')
  assert.deepEqual(
    lines.map(({ kind }) => kind),
    ['export', 'profile', 'contact', 'block', 'membership', 'message', 'reaction', 'end'],
  )
  const counts = { profile: 1, contact: 1, block: 1, membership: 1, message: 1, reaction: 1, file: 0 }
  assert.deepEqual(lines.at(-1), { kind: 'end', counts })
  assert.doesNotMatch(JSON.stringify(lines), /argon2|passwordHash|credentials/)
})

test('an export needs the password, and an account begins one an hour', async (t) => {
  const { clock, ann, bob, begin } = await exporting(t)
  await assert.rejects(begin(ann, 'wrong'), { code: 'wrong_credentials' })
  await linesOf(await begin())
  await assert.rejects(begin(ann, 'wrong'), { code: 'wrong_credentials' })
  const refusal = { code: 'rate_limited', details: { retryAfterSeconds: 3600 } }
  await assert.rejects(begin(), refusal)
  clock.advance(HOUR / 2)
  await assert.rejects(begin(), { ...refusal, details: { retryAfterSeconds: 1800 } })
  await linesOf(await begin(bob))
  clock.advance(HOUR / 2)
  await linesOf(await begin())
})

test('a node runs two exports at a time, and one that is left or never taken gives its place back', async (t) => {
  const { clock, ann, bob, cy, begin } = await exporting(t)
  const [first, second] = [await begin(ann), await begin(bob)]
  await assert.rejects(begin(cy), { code: 'busy' })
  for await (const page of first) {
    assert.equal(page[0]?.kind, 'export')
    break
  }
  const third = await begin(cy)
  clock.advance(HOUR)
  await assert.rejects(begin(ann), { code: 'busy' })
  await second.return()
  await second.return()
  assert.deepEqual(await second.next(), { done: true, value: undefined })
  await third.return()
  await linesOf(await begin(ann))
  await linesOf(await begin(bob))
})

test('an export that fails with the store may be begun again at once, and its place is free', async (t) => {
  const { store, begin } = await exporting(t)
  let exported = await begin()
  await exported.next()
  await store.close()
  for (const _ of series(3)) {
    await assert.rejects(linesOf(exported), { code: 'unavailable' })
    exported = await begin()
  }
})

test('messages that are sent while an export runs are left out', async (t) => {
  const { chat, ann, begin } = await exporting(t)
  const { conversation } = await chat.conversations.createOpen(ann.accountId, null)
  const standing = await chat.conversations.enter(ann, conversation)
  for (const n of series(300)) await chat.messages.send(ann, standing, { body: `before ${n}` })
  const bodies: string[] = []
  for await (const page of await begin()) {
    for (const line of page) if (line.kind === 'message') bodies.push(line.body)
    if (bodies.length > 0) await chat.messages.send(ann, standing, { body: 'meanwhile' })
  }
  assert.deepEqual(
    bodies,
    series(300).map((n) => `before ${n}`),
  )
})
