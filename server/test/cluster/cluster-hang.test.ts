import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { connect, countOpen } from '../support/postgres.ts'
import { register } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import { Cluster } from './cluster.ts'

// A PostgreSQL that does not answer, and does not hang up either, while many people read.

/** One node's connections to the database: eight for reads and one for writes. */
const CONNECTIONS = 9
/** Long enough for connections to be replaced twice: each time after 6 s without an answer. */
const HANG_MS = 12_500
const PAUSE_MS = 20

let cluster: Cluster
before(async () => {
  cluster = await Cluster.start({ size: 1, isCuttable: true })
})
after(() => cluster[Symbol.asyncDispose]())

test('a node survives a database that hangs, opens few connections meanwhile and keeps none too many', async (t) => {
  const node = cluster.node(0)
  const sql = connect(t, cluster.engines.postgres.url)
  const ann = await register(node.url, 'ann')
  const gid = await ann.createRoom()
  const reading = setInterval(() => void ann.history(gid).catch(() => undefined), PAUSE_MS)
  t.after(() => clearInterval(reading))

  node.muteFrom('postgres')
  const end = performance.now() + HANG_MS
  let most = 0
  for (; performance.now() < end; await setTimeout(100))
    most = Math.max(most, await countOpen(sql, 'parlance'))
  node.reconnect()
  assert.ok(most <= 4 * CONNECTIONS, `${most} connections`)
  await until('an answer', () => ann.history(gid).catch(() => undefined))
  await until('no more than it needs', async () => (await countOpen(sql, 'parlance')) <= CONNECTIONS)
  assert.ok(node.isRunning)
})
