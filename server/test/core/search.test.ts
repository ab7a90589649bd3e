import assert from 'node:assert/strict'
import { test } from 'node:test'
import { phrasesIn, Search } from '../../src/core/search.ts'
import { tempStore } from '../store/temp-store.ts'
import { series, World } from '../store/world.ts'
import { until } from '../support/until.ts'

test('a page looks at so much text, whatever matches in it, counts it as work, and the next goes on there', async (t) => {
  const { store } = await tempStore(t)
  const world = new World(store)
  const ann = await world.account('ann')
  const group = await world.group(ann)
  // Both words, never beside one another.
  const body = `b ${'a '.repeat(16_384)}c b`
  const needle = await world.send(group, ann, 'a b')
  for (const _ of series(40)) await world.send(group, ann, body)
  const newest = await store.exports.lastMessageId()
  await until('the index', async () => (await store.search.indexedUpTo()) >= newest)
  const search = new Search(store.search)
  const query = { phrases: phrasesIn('"a b"'), limit: 10 }
  const first = await search.find(ann.accountId, query)
  assert.deepEqual(first.items, [])
  const looked = 32
  assert.equal(first.next, newest - looked + 1)
  assert.ok(first.work >= (looked * body.length) / 256, String(first.work))
  const second = await search.find(ann.accountId, { ...query, beforeId: first.next ?? 0 })
  assert.deepEqual(
    second.items.map(({ message }) => message.seq),
    [needle.message.seq],
  )
  assert.equal(second.next, null)
})
