import { KEYS } from '../support/channels.ts'
import { type Engines, startEngines } from '../support/engines/index.ts'
import { freePort } from '../support/free-port.ts'
import type { Owner } from '../support/owner.ts'
import { type CuttableProxy, startProxy } from '../support/proxy.ts'
import { Node } from './node.ts'

/**
 * PARLANCE_TEST_CLUSTER, to see whether a failure is the cluster's, and that these tests can fail: `one` runs
 * a single node without a bus under every address, `apart` nodes that share a database and no bus.
 */
const MODE = process.env.PARLANCE_TEST_CLUSTER

export interface ClusterOptions {
  /** How many nodes; three unless said. */
  readonly size?: number
  readonly settings?: Readonly<Record<string, string>>
  /** Each node reaches the engines by proxies of its own. */
  readonly isCuttable?: boolean
}

/** Several servers that are one chat, with a PostgreSQL and a Redis of their own. */
export class Cluster implements AsyncDisposable {
  readonly engines: Engines
  readonly nodes: readonly Node[]
  /** What one more node takes. */
  readonly settings: Readonly<Record<string, string>>
  readonly #opened: AsyncDisposableStack

  private constructor(
    opened: AsyncDisposableStack,
    { engines, nodes, settings }: Pick<Cluster, 'engines' | 'nodes' | 'settings'>,
  ) {
    this.#opened = opened
    this.engines = engines
    this.nodes = nodes
    this.settings = settings
  }

  static async start({ size = 3, settings = {}, isCuttable = false }: ClusterOptions = {}): Promise<Cluster> {
    await using opened = new AsyncDisposableStack()
    const owner: Owner = { after: (close) => opened.defer(close) }
    const engines = opened.use(await startEngines())
    const shared = { ...DEFAULTS, ...KEYS, ...addressesOf(engines), ...settings }
    const open = () => openNode(owner, shared, isCuttable)
    const nodes =
      MODE === 'one' ? Array(size).fill(await open()) : await Promise.all(Array.from({ length: size }, open))
    await Promise.all([...new Set(nodes)].map((node) => node.start()))
    return new Cluster(opened.move(), { engines, nodes, settings: shared })
  }

  /** The node at that place, from 0. */
  node(at: number): Node {
    const node = this.nodes[at]
    if (!node) throw new Error(`the cluster has ${this.nodes.length} nodes`)
    return node
  }

  get running(): readonly Node[] {
    return this.nodes.filter((node) => node.isRunning)
  }

  /** A running node, the next after that one. */
  next(after?: Node): Node {
    const from = after ? this.nodes.indexOf(after) + 1 : 0
    const inTurn = [...this.nodes.slice(from), ...this.nodes.slice(0, from)]
    return inTurn.find((node) => node.isRunning) ?? this.node(0)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync()
  }
}

const DEFAULTS = {
  PARLANCE_RATE_LIMITS: 'off',
  LOG_LEVEL: 'warn',
  CHANNELS_HISTORY_LIMIT: '100000',
}

const addressesOf = ({ postgres, redis }: Engines): Readonly<Record<string, string>> => ({
  DATABASE_URL: postgres.url,
  ...(MODE === undefined && { REDIS_URL: redis.url }),
})

async function openNode(
  owner: Owner,
  settings: Readonly<Record<string, string>>,
  isCuttable: boolean,
): Promise<Node> {
  const ways: CuttableProxy[] = []
  const own = { ...settings }
  for (const name of isCuttable ? ['DATABASE_URL', 'REDIS_URL'] : []) {
    const address = own[name]
    if (address === undefined) continue
    const url = new URL(address)
    const way = await startProxy(owner, { host: url.hostname, port: Number(url.port) })
    url.port = String(way.port)
    own[name] = url.href
    ways.push(way)
  }
  return new Node({ owner, port: await freePort(), tcpPort: await freePort(), settings: own, ways })
}
