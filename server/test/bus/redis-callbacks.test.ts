import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { RedisBus } from '../../src/bus/redis/index.ts'
import { BUG, fail, hearFailures } from '../support/failures.ts'
import { hear, news, startRedisNodes } from '../support/redis-nodes.ts'
import { until } from '../support/until.ts'

const { redis, open } = await startRedisNodes()

test('a failing listener of outages does not keep the link from coming back', async (t) => {
  const failures = hearFailures()
  const proxied = new URL(redis.url)
  // Nobody answers at port 1.
  proxied.port = '1'
  const bus = await RedisBus.open({ url: proxied.href, cluster: randomUUID(), onError: fail, onDown: fail })
  t.after(() => bus.close())
  await until('the failure', () => failures.length > 0)
  assert.deepEqual(failures[0], ['redis', BUG])
  await assert.rejects(bus.ping())
})

test('a failing listener of malformed news does not keep the next from coming', async (t) => {
  const failures = hearFailures()
  const [here, there] = [await open(t, { onError: fail }), await open(t)]
  const heard = await hear(here)
  here.subscribe(news, fail)
  there.publish(news, 1)
  await until('the failure', () => failures.length > 0)
  there.publish(news, 2)
  await until('the news', () => heard.length === 2)
  assert.deepEqual(failures[0], ['redis', BUG])
})
