import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { World } from '../interop/world.ts'
import { until } from '../support/until.ts'
import { Cluster } from './cluster.ts'
import { askReady, type Node } from './node.ts'

// A node that starts while an engine is away: it says so in one sentence, and is well once the engine is.

const opened = new AsyncDisposableStack()
let cluster: Cluster
before(async () => {
  cluster = opened.use(await Cluster.start({ size: 2, isCuttable: true }))
})
beforeEach(() => cluster.heal())
after(() => opened.disposeAsync())

test('without Redis it starts, serves its own clients, and is one of the cluster when Redis is there', async () => {
  const [node, other] = [cluster.node(0), cluster.node(1)]
  await node.kill()
  node.cutFrom('redis')
  await node.start()
  assert.deepEqual(await askReady(node), { status: 'degraded', store: 'ok', bus: 'unavailable' })
  assert.equal((await fetch(`${node.url}/misc/ping`)).status, 200)
  assert.match(await metricsOf(node), /^parlance_bus_up 0$/m)
  assert.equal(node.warnings.length, 1)
  assert.match(String(JSON.parse(node.warnings[0] ?? '').msg), /^Redis at \S+ .+\.$/)

  node.reconnect()
  await until('the node to be well', () => node.isWell(), 10_000)
  assert.match(await metricsOf(node), /^parlance_bus_up 1$/m)
  await using world = await World.start({ ...cluster.settings, LOG_LEVEL: 'silent' }, [node, other])
  const [ann, ben] = [await world.join('ann'), await world.join('ben')]
  const place = await world.open(ann, 'chatapp', { kind: 'group', others: [ben] })
  ben.chatapp.ws.frames.length = 0
  await ann.messenger.send(place, 'hello')
  assert.equal((await ben.chatapp.ws.next('send_message')).success, true)
})

test('without PostgreSQL it waits for it, and starts when it is there', async () => {
  const node = cluster.node(0)
  await node.kill()
  node.cutFrom('postgres')
  node.launch()
  const state = await until('the waiting room', () => askReady(node))
  assert.deepEqual(state, { status: 'unavailable', store: 'unavailable' })
  assert.ok(!node.isReady)
  node.reconnect()
  await until('the node to be well', () => node.isWell(), 10_000)
  assert.ok(node.isReady)
  assert.equal(node.warnings.length, 1)
})

const metricsOf = async ({ url }: Node): Promise<string> => (await fetch(`${url}/metrics`)).text()
