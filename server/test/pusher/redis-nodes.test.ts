import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { BURIED_MS, startRedisNodes } from '../support/redis-nodes.ts'
import { until } from '../support/until.ts'
import { CREDENTIALS, type PusherWorld, type RawClient, startPusher } from './pusher-world.ts'

// Two nodes that know of one another through Redis only.

const { open, openBehindProxy } = await startRedisNodes()

async function signedIn(world: PusherWorld, user: object): Promise<RawClient> {
  const client = await world.raw().opened()
  const user_data = JSON.stringify(user)
  const text = `${client.socketId}::user::${user_data}`
  const signature = createHmac('sha256', CREDENTIALS.secret).update(text).digest('hex')
  client.say('pusher:signin', { auth: `${CREDENTIALS.key}:${signature}`, user_data })
  await client.next('pusher:signin_success')
  return client
}

test('the last event of a cache channel is known at every node, also at one that comes later', async (t) => {
  await using one = await startPusher({ bus: await open(t) })
  const early = await one.raw().opened()
  await early.subscribed('cache-a')
  await early.next('pusher:cache_miss')
  await one.library.trigger('cache-a', 'e', { n: 1 })
  await early.next('e')
  await using two = await startPusher({ bus: await open(t) })
  for (const world of [one, two]) {
    const late = await world.raw().opened()
    await late.subscribed('cache-a')
    assert.deepEqual((await late.next('e')).data, { n: 1 })
    await world.library.trigger('cache-a', 'e', { n: 1 })
    await late.next('e')
    assert.deepEqual(await late.settled(), [])
  }
})

test('a user whose node dies is told to be offline, and online when it is back', async (t) => {
  const { bus, proxy } = await openBehindProxy(t)
  await using lost = await startPusher({ bus })
  await using survivor = await startPusher({ bus: await open(t) })
  await signedIn(lost, { id: 'bob' })
  const ann = await signedIn(survivor, { id: 'ann', watchlist: ['bob'] })
  const next = async () => {
    await until('news', () => ann.messages.at(-1)?.event === 'pusher_internal:watchlist_events', BURIED_MS)
    return (await ann.next('pusher_internal:watchlist_events')).data.events
  }
  assert.deepEqual(await next(), [{ name: 'online', user_ids: ['bob'] }])
  const before = ann.messages.length
  proxy.cut('stay')
  await until('its burial', () => ann.messages.length > before, BURIED_MS)
  assert.deepEqual(await next(), [{ name: 'offline', user_ids: ['bob'] }])
  proxy.restore()
  await until('its return', () => ann.messages.length > before + 1, BURIED_MS)
  assert.deepEqual(await next(), [{ name: 'online', user_ids: ['bob'] }])
})
