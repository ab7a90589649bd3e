import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { PageRange } from '../../src/core/message-pages.ts'
import { placesOf } from '../../src/core/message-pages.ts'
import { present } from '../store/world.ts'
import { chatWith } from '../support/chat.ts'

/** Seven messages, of which the third is deleted. */
async function roomOfSeven(t: TestContext) {
  const { chat, people } = await chatWith(t, 'ann')
  const { accountId } = people.ann
  const { conversationId } = (await chat.conversations.createOpen(accountId, null)).conversation
  const standing = present(await chat.conversations.standing(accountId, conversationId))
  for (let n = 1; n <= 7; n++) await chat.messages.send(people.ann, standing, { body: `${n}` })
  await chat.messages.remove(accountId, { conversationId, seq: 3 })
  const { conversation } = present(await chat.conversations.standing(accountId, conversationId))
  const page = async (range: PageRange) => {
    const { items, head, hasBefore, hasAfter } = await chat.messages.page(conversation, range)
    assert.equal(head, 7)
    return [items.map(({ seq, deletedAt }) => (deletedAt === null ? seq : -seq)), hasBefore, hasAfter]
  }
  return { chat, conversationId, page }
}

test('a page holds the messages of its places, oldest first, and tombstones among them', async (t) => {
  const { page } = await roomOfSeven(t)
  assert.deepEqual(await page({ limit: 3 }), [[5, 6, 7], true, false])
  assert.deepEqual(await page({ limit: 50 }), [[1, 2, -3, 4, 5, 6, 7], false, false])
  assert.deepEqual(await page({ before: 5, limit: 3 }), [[2, -3, 4], true, true])
  assert.deepEqual(await page({ before: 3, limit: 3 }), [[1, 2], false, true])
  assert.deepEqual(await page({ before: 99, limit: 2 }), [[6, 7], true, false])
  assert.deepEqual(await page({ before: 1, limit: 3 }), [[], false, true])
  assert.deepEqual(await page({ after: 2, limit: 3 }), [[-3, 4, 5], true, true])
  assert.deepEqual(await page({ after: 0, limit: 2 }), [[1, 2], false, true])
  assert.deepEqual(await page({ after: 5, limit: 3 }), [[6, 7], true, false])
  assert.deepEqual(await page({ after: 99, limit: 3 }), [[], true, false])
  assert.deepEqual(await page({ around: 4, limit: 3 }), [[-3, 4, 5], true, true])
  assert.deepEqual(await page({ around: 4, limit: 4 }), [[2, -3, 4, 5], true, true])
  assert.deepEqual(await page({ around: 1, limit: 5 }), [[1, 2, -3], false, true])
  assert.deepEqual(await page({ around: 7, limit: 5 }), [[5, 6, 7], true, false])
  assert.deepEqual(await page({ around: 99, limit: 5 }), [[], true, false])
})

test('a message is got by its place, also when it is deleted', async (t) => {
  const { chat, conversationId } = await roomOfSeven(t)
  assert.equal((await chat.messages.get({ conversationId, seq: 2 }))?.body, '2')
  assert.ok((await chat.messages.get({ conversationId, seq: 3 }))?.deletedAt)
  assert.equal(await chat.messages.get({ conversationId, seq: 8 }), undefined)
})

test('the places of any page are within the conversation, and never more than were asked for', () => {
  const place = fc.integer({ min: 0, max: 40 })
  const ranges = fc.oneof(
    fc.constant({}),
    fc.record({ before: place }),
    fc.record({ after: place }),
    fc.record({ around: place }),
  )
  const extents = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 25 }))
    .map(([firstSeq, length]) => ({ firstSeq, lastSeq: firstSeq - 1 + length }))
  fc.assert(
    fc.property(ranges, fc.integer({ min: 1, max: 9 }), extents, (range, limit, extent) => {
      const { first, last } = placesOf({ ...range, limit }, extent)
      const { firstSeq, lastSeq } = extent
      assert.ok(first >= firstSeq && last <= lastSeq && last - first < limit)
      // An empty page, too, tells whether there is something before and after it.
      if (first > last) assert.ok(first === firstSeq || first === lastSeq + 1)
    }),
  )
})
