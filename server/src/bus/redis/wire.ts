import { createClient, createCluster } from '@redis/client'
import { within } from '../../lib/within.ts'

type Client = ReturnType<typeof createConnection>
type Cluster = ReturnType<typeof createShards>

/** What is asked of Redis: the same of one server and of a Redis Cluster. */
export type RedisCommands = Pick<
  Client,
  | 'del'
  | 'eval'
  | 'get'
  | 'hExists'
  | 'hGetAll'
  | 'hKeys'
  | 'hLen'
  | 'sMembers'
  | 'sPublish'
  | 'sRem'
  | 'sScan'
  | 'set'
  | 'zRange'
  | 'zRem'
>

export interface RedisSubscriber {
  sSubscribe(channel: string, listener: OnMessage): Promise<void>
  sUnsubscribe(channel: string, listener: OnMessage): Promise<void>
}

type OnMessage = (text: string, channel: string) => void

/** Connections of one moment. None of them connects again: what is asked of a wire is not done on the next. */
export interface Wire {
  readonly commands: RedisCommands
  readonly subscriber: RedisSubscriber
}

export interface BreakableWire extends Wire, AsyncDisposable {
  /** Rejects when a connection is lost. */
  readonly broken: Promise<never>
  /** Resolves when every server has answered. */
  ping(): Promise<unknown>
}

const CONNECT_TIMEOUT_MS = 2_000
const CLUSTERED = /^cluster_enabled:1/m

const CONNECTION = {
  RESP: 2,
  disableOfflineQueue: true,
  /** That wait for their answer; more are refused at once. */
  commandsQueueMaxLength: 100_000,
} as const
const SOCKET = { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS } as const

/** Connects, to all shards if the server is one of a Redis Cluster. */
export async function openWire(url: string): Promise<BreakableWire> {
  await using opened = new AsyncDisposableStack()
  const { promise: broken, reject: onBroken } = Promise.withResolvers<never>()
  // Whoever waits for it hears of it; after that nobody does.
  broken.catch(() => undefined)
  const adopt = async <C extends Client | Cluster>(client: C): Promise<C> => {
    opened.defer(() => destroy(client))
    const connecting: Promise<unknown> = client.connect()
    await within(CONNECT_TIMEOUT_MS, 'Redis', connecting)
    return client
  }

  const commands = await adopt(createConnection(url, onBroken))
  const about = await within(CONNECT_TIMEOUT_MS, 'Redis', commands.info())
  requireShardedPubSub(about)
  if (CLUSTERED.test(about)) {
    const cluster = await adopt(createShards(url, onBroken))
    return wireOf({ commands: cluster, subscriber: cluster, broken, ping: () => pingShards(cluster) }, opened)
  }
  // One that subscribes can do nothing else.
  const subscriber = await adopt(createConnection(url, onBroken))
  const ping = () => Promise.all([commands.ping(), subscriber.ping()])
  return wireOf({ commands, subscriber, broken, ping }, opened)
}

function wireOf(wire: Omit<BreakableWire, typeof Symbol.asyncDispose>, opened: AsyncDisposableStack) {
  const closing = opened.move()
  return { ...wire, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

function createConnection(url: string, onBroken: (error: unknown) => void) {
  return createClient({ ...CONNECTION, url, socket: { ...SOCKET } })
    .on('error', onBroken)
    .on('end', () => onBroken(new Error('Redis has closed the connection')))
}

function createShards(url: string, onBroken: (error: unknown) => void) {
  const { username, password } = new URL(url)
  // What the URL says of who we are holds for every shard.
  const credentials = {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  }
  const tls = url.startsWith('rediss:') ? ({ tls: true } as const) : {}
  const cluster = createCluster({
    RESP: 2,
    rootNodes: [{ url }],
    defaults: { ...CONNECTION, ...credentials, socket: { ...SOCKET, ...tls } },
    // Every master is connected to at once: a shard that is away is noticed, and not first by a message.
    minimizeConnections: false,
  })
  // Not its 'node-disconnect': the library gives up a connection on which nothing is subscribed to any more.
  for (const event of ['error', 'node-error', 'sharded-channel-moved-error']) cluster.on(event, onBroken)
  return cluster
}

function requireShardedPubSub(about: string): void {
  const version = /^redis_version:([\d.]+)/m.exec(about)?.[1] ?? ''
  if (Number.parseInt(version, 10) < 7) throw new Error(`it is Redis ${version}, and 7 or newer is needed`)
}

/** The library's own `destroy` leaves a connection that is just being made, and what is subscribed to on it. */
function destroy(client: Client | Cluster): void {
  const making = 'masters' in client ? client.masters.map((master) => master.pubSub?.connectPromise) : []
  client.destroy()
  for (const each of making) {
    each?.then(
      (made) => made.destroy(),
      () => undefined,
    )
  }
}

async function pingShards(cluster: Cluster): Promise<void> {
  await Promise.all(
    cluster.masters.map(async (master) => {
      const { client } = master.pubSub ?? {}
      const commands = await cluster.nodeClient(master)
      await Promise.all([commands.ping(), client?.isReady && client.ping()])
    }),
  )
}
