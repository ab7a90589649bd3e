import type { RedisAddress } from '../../lib/redis-address.ts'
import { within } from '../../lib/within.ts'
import {
  CONNECT_TIMEOUT_MS,
  type Connection,
  createConnection,
  createShards,
  destroy,
  type Shards,
} from './client.ts'
import { askPrimary, requirePrimary } from './role.ts'
import { ShardWatch } from './shards.ts'

/** The commands of Redis that are used: one server and a Redis Cluster have the same. */
export type RedisCommands = Pick<
  Connection,
  | 'del'
  | 'eval'
  | 'get'
  | 'hExists'
  | 'hGetAll'
  | 'hKeys'
  | 'hLen'
  | 'pTTL'
  | 'sMembers'
  | 'sPublish'
  | 'sRem'
  | 'sScan'
  | 'set'
  | 'zRange'
  | 'zRem'
>

interface RedisSubscriber {
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
  /**
   * Resolves when every server has answered and is a primary. Also rejects when news may have been missed for
   * another reason, such as slots that have moved between shards.
   */
  ping(): Promise<unknown>
}

const CLUSTERED = /^cluster_enabled:1/m

/** Connects, to all shards if the server is one of a Redis Cluster. */
export async function openWire(address: RedisAddress): Promise<BreakableWire> {
  await using opened = new AsyncDisposableStack()
  const { promise: broken, reject: onBroken } = Promise.withResolvers<never>()
  // Its readers see the rejection; without one it would be an unhandled rejection.
  broken.catch(() => undefined)
  const adopt = async <C extends Connection | Shards>(client: C): Promise<C> => {
    const connecting: Promise<unknown> = client.connect()
    opened.defer(() => destroy(client, connecting))
    await within(CONNECT_TIMEOUT_MS, 'Redis', connecting)
    return client
  }

  const commands = await adopt(createConnection(address, onBroken))
  const about = await within(CONNECT_TIMEOUT_MS, 'Redis', commands.info())
  requireShardedPubSub(about)
  if (CLUSTERED.test(about)) {
    const shards = await adopt(createShards(address, onBroken))
    const watch = new ShardWatch(shards)
    // Before anything is subscribed to: a slot that moves later is known to have moved.
    await within(CONNECT_TIMEOUT_MS, 'Redis', watch.ping())
    return wireOf({ commands: shards, subscriber: shards, broken, ping: () => watch.ping() }, opened)
  }
  requirePrimary(about)
  // A connection that subscribes can do nothing else.
  const subscriber = await adopt(createConnection(address, onBroken))
  const ping = () => Promise.all([askPrimary(commands), subscriber.ping()])
  return wireOf({ commands, subscriber, broken, ping }, opened)
}

function wireOf(wire: Omit<BreakableWire, typeof Symbol.asyncDispose>, opened: AsyncDisposableStack) {
  const closing = opened.move()
  return { ...wire, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

function requireShardedPubSub(about: string): void {
  const version = /^redis_version:([\d.]+)/m.exec(about)?.[1] ?? ''
  if (Number.parseInt(version, 10) < 7) throw new Error(`it is Redis ${version}, and 7 or newer is needed`)
}
