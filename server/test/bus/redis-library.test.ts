import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createClient, createCluster } from '@redis/client'
import {
  createConnection,
  createShards,
  destroy,
  requireKnownShards,
  subscriberOf,
} from '../../src/bus/redis/client.ts'
import { parseRedisAddress } from '../../src/lib/redis-address.ts'
import { askRedis, startRedisCluster } from '../support/engines/index.ts'
import { until } from '../support/until.ts'

// Facts about @redis/client beyond its documentation, and the defects that are worked around. A test of a
// defect fails once the library has mended it: then its workaround in `bus/redis/client.ts` can go.

const { shards, ...started } = await startRedisCluster()
after(() => started[Symbol.asyncDispose]())
const url = shards[0]?.url ?? assert.fail()

const CHANNELS = Array.from({ length: 30 }, (_, n) => `channel ${n}`)
const hear = () => undefined

test('shards have the shape that is known', async () => {
  const cluster = createShards(parseRedisAddress(url), hear)
  await cluster.connect()
  requireKnownShards(cluster)
  for (const channel of CHANNELS) await cluster.sSubscribe(channel, hear)
  for (const master of cluster.masters) assert.ok(subscriberOf(master), 'a shard has a subscriber')
  cluster.destroy()
})

test('another shape is refused with a sentence', () => {
  const nodeClient = async () => assert.fail()
  for (const [masters, part] of [
    [undefined, 'masters'],
    [[], 'masters'],
    [[{ host: 'localhost' }], 'id of a master'],
  ] as const)
    assert.throws(() => requireKnownShards({ masters, nodeClient } as never), {
      message: `this version of @redis/client has no ${part} of the kind known here`,
    })
  assert.throws(
    () => requireKnownShards({ masters: [{ id: 'a' }] } as never),
    /has no nodeClient of the kind/,
  )
  assert.throws(() => subscriberOf({ pubSub: { client: {} } } as never), /has no connectPromise of the kind/)
})

test('DEFECT: a cluster that is destroyed leaves a connection that was just being made', async () => {
  const cluster = createCluster({
    rootNodes: [{ url }],
    defaults: { socket: { reconnectStrategy: false } },
    minimizeConnections: false,
  })
  cluster.on('error', hear)
  await cluster.connect()
  const subscribing = CHANNELS.map((channel) => cluster.sSubscribe(channel, hear).catch(hear))
  const making = cluster.masters.map(({ pubSub }) => pubSub?.connectPromise)
  cluster.destroy()
  const isSubscribed = async () => / cmd=ssubscribe/.test(String(await askRedis({ url }, 'CLIENT', 'LIST')))
  await until('the connection to be there, and subscribed', isSubscribed)
  for (const made of await Promise.all(making)) made?.destroy()
  await Promise.all(subscribing)
})

/** How many connections all shards have, not counting the one that asks. */
async function countConnections(): Promise<number> {
  const lists = await Promise.all(shards.map((shard) => askRedis(shard, 'CLIENT', 'LIST', 'TYPE', 'normal')))
  return lists.flatMap((list) => String(list).trimEnd().split('\n').slice(1)).length
}

test('DEFECT: a client that is destroyed while it connects is connected afterwards (`destroy`)', async () => {
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  const connecting = client.connect()
  client.destroy()
  await connecting
  assert.equal(client.isReady, true)
  client.destroy()
})

test('a connection that is destroyed while it is made is not there afterwards', async () => {
  const before = await countConnections()
  const connection = createConnection(parseRedisAddress(url), hear)
  const connecting = connection.connect()
  destroy(connection, connecting)
  await connecting
  await until('it to be gone', async () => (await countConnections()) === before)
})

for (const [moment, isThen] of Object.entries({
  'nothing of it is known': () => true,
  'its masters are known': (masters: readonly unknown[]) => masters.length > 0,
}))
  test(`shards that are destroyed when ${moment} are not connected to afterwards`, async () => {
    const before = await countConnections()
    const cluster = createShards(parseRedisAddress(url), hear)
    const connecting = cluster.connect()
    await until(moment, () => isThen(cluster.masters))
    destroy(cluster, connecting)
    await connecting.catch(hear)
    await until('all connections to be gone', async () => (await countConnections()) === before)
  })
