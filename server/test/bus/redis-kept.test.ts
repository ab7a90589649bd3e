import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_KEPT_BYTES } from '../../src/bus/kept-news.ts'
import { askRedis, flushRedis } from '../support/engines/index.ts'
import { isThere, news, startRedisNodes } from '../support/redis-nodes.ts'
import { until } from '../support/until.ts'

const { redis, open, openBehindProxy } = await startRedisNodes()
const MINUTE_MS = 60_000

test('news that one node kept is known to the others, also to one that comes later; the last one counts', async (t) => {
  const [here, there] = [await open(t), await open(t)]
  here.keep(news, 1, MINUTE_MS)
  assert.equal((await here.kept(news))?.news, 1, 'at once')
  there.keep(news, 2, MINUTE_MS)
  await there.kept(news)
  for (const bus of [here, there, await open(t)]) {
    const kept = await bus.kept(news)
    assert.equal(kept?.news, 2)
    assert.ok(kept.leftMs > 0 && kept.leftMs <= MINUTE_MS)
  }
})

test('a node that is cut off knows what it kept meanwhile, nothing older, and says it when it is back', async (t) => {
  const { bus: cut, proxy } = await openBehindProxy(t)
  const other = await open(t)
  cut.keep(news, 'before', MINUTE_MS)
  await cut.kept(news)
  proxy.cut('stay')
  await until('the loss', async () => !(await isThere(cut)))
  // Other nodes may have replaced the news.
  assert.equal(await cut.kept(news), undefined)
  cut.keep(news, 'meanwhile', MINUTE_MS)
  assert.equal((await cut.kept(news))?.news, 'meanwhile')
  assert.equal((await other.kept(news))?.news, 'before')
  proxy.restore()
  await until('the others to know', async () => (await other.kept(news))?.news === 'meanwhile')
})

test('news that a node kept while it was cut off does not replace what another kept after it', async (t) => {
  const { bus: cut, proxy } = await openBehindProxy(t)
  const other = await open(t)
  proxy.cut('stay')
  await until('the loss', async () => !(await isThere(cut)))
  cut.keep(news, 'older', MINUTE_MS)
  const keptAt = Date.now()
  await until('a later moment', () => Date.now() > keptAt)
  other.keep(news, 'newer', MINUTE_MS)
  proxy.restore()
  await until('its return', () => isThere(cut))
  assert.equal((await cut.kept(news))?.news, 'newer')
})

test('a Redis that does not store keeps nothing rather than what was before', async (t) => {
  const bus = await open(t, { onError: () => undefined })
  bus.keep(news, 'before', MINUTE_MS)
  assert.equal((await bus.kept(news))?.news, 'before')
  await askRedis(redis, 'CONFIG', 'SET', 'maxmemory', '1')
  t.after(() => askRedis(redis, 'CONFIG', 'SET', 'maxmemory', '0'))
  bus.keep(news, 'after', MINUTE_MS)
  await until('it to be forgotten', async () => (await bus.kept(news)) === undefined)
  await askRedis(redis, 'CONFIG', 'SET', 'maxmemory', '0')
})

test('a Redis that has lost everything knows nothing that was kept, and takes the next', async (t) => {
  const bus = await open(t)
  bus.keep(news, 1, MINUTE_MS)
  await bus.kept(news)
  await flushRedis(redis)
  assert.equal(await bus.kept(news), undefined)
  bus.keep(news, 2, MINUTE_MS)
  assert.equal((await bus.kept(news))?.news, 2)
})

test('the news that a node keeps in Redis is bounded in all', async (t) => {
  const bus = await open(t)
  const text = 'x'.repeat(2 * 1024 * 1024)
  const count = MAX_KEPT_BYTES / (2 * text.length) + 2
  const topics = Array.from({ length: count }, (_, i) => ({ name: `large ${i}` }))
  for (const topic of topics) bus.keep(topic, text, MINUTE_MS)
  const isKept = async (topic: { readonly name: string }) => (await bus.kept(topic)) !== undefined
  // A subscriber waits for Redis for a second at most: one question at a time, or a busy machine answers too late.
  for (const topic of topics.slice(3)) await until(`${topic.name} to be kept`, () => isKept(topic))
  for (const topic of topics.slice(0, 3)) assert.equal(await isKept(topic), false, topic.name)
})
