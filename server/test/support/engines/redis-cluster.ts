import { createClient } from '@redis/client'
import { START_MS, until } from '../until.ts'
import { askRedis } from './ask.ts'
import type { Engine } from './engine.ts'

const SLOTS = 16_384

/** Makes servers that know nothing of each other one Redis Cluster, each with its part of the slots. */
export async function joinShards(urls: readonly string[]): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const clients = urls.map((url) => opened.adopt(createClient({ url }), (client) => client.destroy()))
  await Promise.all(clients.map((client) => client.connect()))
  const [first] = clients
  const { hostname = '', port = '' } = URL.parse(urls[0] ?? '') ?? {}
  // The port at which the shards talk with one another.
  const { 'cluster-port': busPort = '' } = (await first?.configGet('cluster-port')) ?? {}
  for (const [n, client] of clients.entries()) {
    const [start, end] = [n, n + 1].map((part) => Math.floor((part * SLOTS) / clients.length))
    await client.clusterAddSlotsRange({ start: start ?? 0, end: (end ?? SLOTS) - 1 })
    if (client !== first) await client.sendCommand(['CLUSTER', 'MEET', hostname, port, busPort])
  }
  const isWhole = async (client: (typeof clients)[number]) => {
    const state = String(await client.clusterInfo())
    return /cluster_state:ok/.test(state) && new RegExp(`cluster_known_nodes:${clients.length}`).test(state)
  }
  await until(
    'the shards to be one cluster',
    async () => (await Promise.all(clients.map(isWhole))).every(Boolean),
    START_MS,
  )
}

/** Makes a server that knows no other a replica of the first shard. Resolves when it is in step. */
export async function followShard(replica: Engine, [first]: readonly Engine[]): Promise<void> {
  if (!first) throw new Error('there is no shard')
  const id = String(await askRedis(first, 'CLUSTER', 'MYID'))
  const busPort = /^\S+ [\d.]+:\d+@(\d+)[^\n]* myself,/m.exec(
    String(await askRedis(first, 'CLUSTER', 'NODES')),
  )?.[1]
  await askRedis(replica, 'CLUSTER', 'MEET', '127.0.0.1', String(first.port), busPort ?? '')
  const knows = async () => String(await askRedis(replica, 'CLUSTER', 'NODES')).includes(id)
  await until('the replica to know its primary', knows, START_MS)
  await until('the replica to be one', () => follows(replica, id), START_MS)
  const isInStep = async () => /link_status:up/.test(String(await askRedis(replica, 'INFO', 'replication')))
  await until('the replica to be in step', isInStep, START_MS)
}

const follows = (replica: Engine, id: string): Promise<boolean> =>
  askRedis(replica, 'CLUSTER', 'REPLICATE', id).then(
    () => true,
    () => false,
  )

/** Moves the slot of a key, with what lies in it, to another shard. Resolves when every shard knows. */
export async function moveSlotOf(key: string, shards: readonly Engine[]): Promise<void> {
  const nodes = await Promise.all(
    shards.map(async (shard) => ({ shard, id: String(await askRedis(shard, 'CLUSTER', 'MYID')) })),
  )
  const [slot, ownerId] = await findSlot(key, shards)
  const from = nodes.find(({ id }) => id === ownerId)
  const to = nodes.find(({ id }) => id !== ownerId)
  if (!from || !to) throw new Error(`no shard has slot ${slot}`)
  await askRedis(to.shard, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id)
  await askRedis(from.shard, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id)
  for (;;) {
    const keys = await askRedis(from.shard, 'CLUSTER', 'GETKEYSINSLOT', slot, '100')
    if (!Array.isArray(keys) || keys.length === 0) break
    const target = ['127.0.0.1', String(to.shard.port), '', '0', String(START_MS)]
    await askRedis(from.shard, 'MIGRATE', ...target, 'KEYS', ...keys)
  }
  for (const { shard } of [to, from, ...nodes])
    await askRedis(shard, 'CLUSTER', 'SETSLOT', slot, 'NODE', to.id)
  const isKnown = async (shard: Engine) => (await findSlot(key, [shard]))[1] === to.id
  await until('every shard to know', async () => (await Promise.all(shards.map(isKnown))).every(Boolean))
}

/** A key's slot and the id of the shard that has it, as the first shard sees it. */
async function findSlot(
  key: string,
  [shard]: readonly Engine[],
): Promise<readonly [slot: string, id: string]> {
  if (!shard) throw new Error('there is no shard')
  const slot = Number(await askRedis(shard, 'CLUSTER', 'KEYSLOT', key))
  const ranges = (await askRedis(shard, 'CLUSTER', 'SLOTS')) as SlotRange[]
  const [, , master] = ranges.find(([first, last]) => first <= slot && slot <= last) ?? []
  return [String(slot), master?.[2] ?? '']
}

type SlotRange = readonly [
  first: number,
  last: number,
  master: readonly [host: string, port: number, id: string],
]
