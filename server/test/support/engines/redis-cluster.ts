import { createClient } from '@redis/client'
import { until } from '../until.ts'

const SLOTS = 16_384
const START_MS = 20_000

/** Makes servers that know nothing of each other one Redis Cluster, each with its part of the slots. */
export async function joinShards(urls: readonly string[]): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const clients = urls.map((url) => opened.adopt(createClient({ url }), (client) => client.destroy()))
  await Promise.all(clients.map((client) => client.connect()))
  const [first] = clients
  const { hostname = '', port = '' } = URL.parse(urls[0] ?? '') ?? {}
  // On which they talk with one another.
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
