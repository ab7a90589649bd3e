import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { until } from '../support/until.ts'
import { localBus, type PusherWorld, startPusher } from './pusher-world.ts'

interface Cluster extends AsyncDisposable {
  readonly bus: ReturnType<typeof localBus>
  readonly one: PusherWorld
  readonly two: PusherWorld
}

async function startCluster(): Promise<Cluster> {
  const bus = localBus()
  const timing = { mendIntervalMs: 50 }
  const [one, two] = [await startPusher({ bus, timing }), await startPusher({ bus, timing })]
  return {
    bus,
    one,
    two,
    async [Symbol.asyncDispose]() {
      await one.close()
      await two.close()
    },
  }
}

test('an event triggered on one node reaches subscribers on both, but not the connection left out', async () => {
  await using cluster = await startCluster()
  const [ann, bob] = [await cluster.one.raw().opened(), await cluster.two.raw().opened()]
  for (const client of [ann, bob]) await client.subscribed('private-a')
  await cluster.one.library.trigger('private-a', 'both', {})
  await cluster.one.library.trigger('private-a', 'one', {}, { socket_id: bob.socketId })
  await ann.next('both')
  await ann.next('one')
  await bob.next('both')
  bob.say('client-e', {}, 'private-a')
  await ann.next('client-e')
  assert.deepEqual(await bob.settled(), [])
})

test('members are those of all nodes, each user once', async () => {
  await using cluster = await startCluster()
  const [ann, bob, twin] = [
    await cluster.one.raw().opened(),
    await cluster.two.raw().opened(),
    await cluster.two.raw().opened(),
  ]
  await ann.subscribed('presence-a', '{"user_id":"ann"}')
  const { data } = await bob.subscribed('presence-a', '{"user_id":"bob"}')
  assert.deepEqual(data.presence, { ids: ['ann', 'bob'], hash: { ann: null, bob: null }, count: 2 })
  await ann.next('pusher_internal:member_added')
  await twin.subscribed('presence-a', '{"user_id":"ann"}')
  await ann.close()
  await twin.close()
  assert.deepEqual((await bob.next('pusher_internal:member_removed')).data, { user_id: 'ann' })
})

test('the newest information about a user is known on all nodes, to newcomers where others heard the older', async () => {
  await using cluster = await startCluster()
  const channel = (name: string) => `{"user_id":"ann","user_info":{"name":"${name}"}}`
  const { one, two } = cluster
  await (await one.raw().opened()).subscribed('presence-a', channel('old'))
  const bob = await one.raw().opened()
  await bob.subscribed('presence-a', '{"user_id":"bob"}')
  await (await two.raw().opened()).subscribed('presence-a', channel('new'))
  for (const world of [one, two]) {
    const late = await world.raw().opened()
    const { data } = await late.subscribed('presence-a', '{"user_id":"late"}')
    assert.deepEqual((data.presence as { hash: object }).hash, {
      ann: { name: 'new' },
      bob: null,
      late: null,
    })
    await late.close()
    await bob.next('pusher_internal:member_added')
    await bob.next('pusher_internal:member_removed')
  }
  assert.deepEqual(await bob.settled(), [])
})

test('counts of the HTTP API are those of all nodes, whichever is asked', async () => {
  await using cluster = await startCluster()
  const [ann, bob] = [await cluster.one.raw().opened(), await cluster.two.raw().opened()]
  await ann.subscribed('presence-a', '{"user_id":"ann"}')
  await bob.subscribed('presence-a', '{"user_id":"ann"}')
  for (const { library } of [cluster.one, cluster.two]) {
    const params = { info: 'user_count,subscription_count' }
    assert.deepEqual(await (await library.get({ path: '/channels/presence-a', params })).json(), {
      occupied: true,
      user_count: 1,
      subscription_count: 2,
    })
  }
})

test('a user is terminated on all nodes', async () => {
  await using cluster = await startCluster()
  const clients = [await cluster.one.js(), await cluster.two.js()]
  for (const client of clients) {
    client.connection.bind('error', () => client.disconnect())
    client.signin()
  }
  await until('both to be signed in', () => clients.every(({ user }) => user.user_data))
  await cluster.one.library.terminateUserConnections('ann')
  await until('both to be gone', () => clients.every(({ connection }) => connection.state !== 'connected'))
})

test('members whose going was never told, because their node died, are missed within the interval', async () => {
  await using cluster = await startCluster()
  const ann = await cluster.one.raw().opened()
  await cluster.bus.presence.enter('pusher:members:presence-a', 'ghost', 'null')
  await ann.subscribed('presence-a', '{"user_id":"ann"}')
  await cluster.bus.presence.leave('pusher:members:presence-a', 'ghost')
  assert.deepEqual((await ann.next('pusher_internal:member_removed')).data, { user_id: 'ghost' })
  await cluster.bus.presence.enter('pusher:members:presence-a', 'late', '{"a":1}')
  assert.deepEqual((await ann.next('pusher_internal:member_added')).data, {
    user_id: 'late',
    user_info: { a: 1 },
  })
})

test('with the shared sets away, events still flow, and presence says so', async () => {
  const bus = localBus()
  const away = async () => {
    throw new Error('away')
  }
  Object.assign(bus.presence, { enter: away, members: away, count: away })
  await using world = await startPusher({ bus, log: pino({ level: 'silent' }) })
  const client = await world.raw().opened()
  await client.subscribed('private-a')
  await world.server.trigger(['private-a'], 'e', '1')
  await client.next('e')
  client.subscribe('presence-a', '{"user_id":"ann"}')
  assert.equal((await client.next('pusher:error')).data.code, 4300)
  assert.equal((await client.next('pusher:subscription_error')).data.type, 'Unavailable')
  assert.deepEqual(await client.settled(), [])
})

test('while other nodes are out of reach, terminating a user is answered with a request to try again', async () => {
  const bus = localBus()
  Object.assign(bus, { ping: () => Promise.reject(new Error('away')) })
  await using world = await startPusher({ bus })
  await assert.rejects(world.library.terminateUserConnections('ann'), { status: 503 })
})
