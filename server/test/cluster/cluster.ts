import { World } from '../interop/world.ts'
import { KEYS } from '../support/channels.ts'
import { type Engines, startEngines } from '../support/engines/index.ts'
import { freePort } from '../support/free-port.ts'
import type { Owner } from '../support/owner.ts'
import { proxyTo } from '../support/postgres.ts'
import type { CuttableProxy } from '../support/proxy.ts'
import { until } from '../support/until.ts'
import { ADDRESSES, type EngineName, Node } from './node.ts'

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
  /** Settings that all nodes share; one more node starts with them. */
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
    await using failing = new AsyncDisposableStack()
    const opened = failing.use(new AsyncDisposableStack())
    const owner: Owner = { after: (close) => opened.defer(close) }
    const engines = opened.use(await startEngines())
    const shared = { ...DEFAULTS, ...KEYS, ...addressesOf(engines), ...settings }
    const open = () => openNode(owner, shared, isCuttable)
    const nodes =
      MODE === 'one' ? Array(size).fill(await open()) : await Promise.all(Array.from({ length: size }, open))
    await Promise.all([...new Set(nodes)].map((node) => node.start()))
    failing.move()
    return new Cluster(opened, { engines, nodes, settings: shared })
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

  /** Clients of its nodes; what the core knows comes from one more node, in this process, which is silent. */
  world(): Promise<World> {
    return World.start({ ...this.settings, LOG_LEVEL: 'silent' }, this.nodes)
  }

  /** Ends every fault: afterwards all engines and nodes run and answer. */
  async heal(): Promise<void> {
    for (const engine of [this.engines.postgres, this.engines.redis]) {
      engine.resume()
      if (!engine.isRunning) await engine.start()
    }
    for (const node of new Set(this.nodes)) {
      node.reconnect()
      node.resume()
      if (!node.isRunning) await node.start()
      await until(`${node.url} to be well`, () => node.isWell(), HEAL_MS)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync()
  }
}

const HEAL_MS = 20_000

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
  const ways = new Map<EngineName, CuttableProxy>()
  const own = { ...settings }
  for (const engine of isCuttable ? (['postgres', 'redis'] as const) : []) {
    const setting = ADDRESSES[engine]
    if (own[setting] === undefined) continue
    const { proxy, url } = await proxyTo(owner, own[setting])
    own[setting] = url
    ways.set(engine, proxy)
  }
  return new Node({ owner, port: await freePort(), tcpPort: await freePort(), settings: own, ways })
}
