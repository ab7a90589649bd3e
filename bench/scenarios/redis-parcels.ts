import { setTimeout } from 'node:timers/promises'
import { type Redis, redisIsMissing, startRedis } from '../measure/redis.ts'
import { cpuMicros } from '../measure/usage.ts'
import type { Sample } from '../measurement.ts'
import type { BusNode, Range } from '../parts/bus-node.ts'
import { type Part, startPart } from '../parts/part.ts'
import type { Pace } from '../scenario.ts'
import type { Subject } from '../target.ts'

export const redisBus: Subject = {
  name: 'parlance bus, Redis',
  durability: 'nothing stored',
  missing: redisIsMissing,
}

const CONVERSATIONS = 100
const DEADLINE_MS = 10_000

interface Traffic {
  /** The number of nodes that receive each message, besides its sender. */
  readonly hearers: number
  /** Messages of one turn, each in a conversation of its own. */
  readonly together: number
  readonly everyMs: number
}

/**
 * A node tells others of messages at a steady pace: first while nobody listens, then while `hearers` nodes do.
 * The cost of the same without Redis is subtracted.
 */
export async function redisParcels(pace: Pace, { hearers, ...rate }: Traffic): Promise<Sample> {
  await using opened = new AsyncDisposableStack()
  const redis = await startRedis()
  opened.defer(() => redis.stop())
  const startNode = async (env: Readonly<Record<string, string>>) => {
    const node = await startPart<BusNode>('bus-node.ts', env)
    opened.defer(() => node.stop())
    return node
  }
  const alone = await startNode({})
  const sender = await startNode({ REDIS_URL: redis.url })
  const others: Part<BusNode>[] = []
  while (others.length < hearers) others.push(await startNode({ REDIS_URL: redis.url }))

  const load = { redis, pace, rate }
  const withoutRedis = await measure({ ...load, sender: alone, hearers: [], conversations: conversations(0) })
  const unheard = await measure({ ...load, sender, hearers: [], conversations: conversations(1) })
  const heard = await measure({ ...load, sender, hearers: others, conversations: conversations(2) })
  return {
    'CPU µs/parcel in its sender': unheard.senderMicros - withoutRedis.senderMicros,
    'CPU µs/parcel in each hearer': heard.hearersMicros / hearers,
    'CPU µs/parcel in Redis': unheard.redisMicros,
    'CPU µs/delivery in Redis': (heard.redisMicros - unheard.redisMicros) / hearers,
    'bytes/parcel': unheard.bytes,
    delivered: heard.parcels * hearers,
  }
}

/** Conversations of one measurement. Each has its own, since changes count from 1. */
const conversations = (look: number): Range => ({ first: 1 + look * CONVERSATIONS, count: CONVERSATIONS })

interface Load {
  readonly redis: Redis
  readonly sender: Part<BusNode>
  readonly hearers: readonly Part<BusNode>[]
  readonly conversations: Range
  readonly pace: Pace
  readonly rate: Pick<Traffic, 'together' | 'everyMs'>
}

/** Costs of one parcel; `parcels` counts all. */
interface Costs {
  readonly senderMicros: number
  readonly hearersMicros: number
  readonly redisMicros: number
  /** Bytes that came to Redis. */
  readonly bytes: number
  readonly parcels: number
}

async function measure({ redis, sender, hearers, conversations, pace, rate }: Load): Promise<Costs> {
  for (const hearer of hearers) await hearer.tell('follow', conversations)
  const snapshot = async () => {
    const { total_net_input_bytes: bytes = Number.NaN } = await redis.info()
    const senderMicros = cpuMicros([sender.pid])
    const hearersMicros = cpuMicros(hearers.map(({ pid }) => pid))
    return { bytes, senderMicros, hearersMicros, redisMicros: cpuMicros([redis.pid]) }
  }
  let published = 0
  const publish = async (seconds: number) => {
    const rounds = Math.ceil((seconds * rate.together * 1000) / rate.everyMs / conversations.count)
    const parcels = rounds * conversations.count
    await sender.tell('publish', { conversations, after: published, parcels, ...rate })
    published += parcels
    await untilHeard(hearers, published)
    return parcels
  }
  await publish(pace.warmUpSeconds)
  const before = await snapshot()
  const parcels = await publish(pace.seconds)
  const after = await snapshot()
  return {
    senderMicros: (after.senderMicros - before.senderMicros) / parcels,
    hearersMicros: (after.hearersMicros - before.hearersMicros) / parcels,
    redisMicros: (after.redisMicros - before.redisMicros) / parcels,
    bytes: (after.bytes - before.bytes) / parcels,
    parcels,
  }
}

/** Throws when one of them has missed some. */
async function untilHeard(hearers: readonly Part<BusNode>[], parcels: number): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  for (const hearer of hearers) {
    for (;;) {
      const heard = await hearer.tell('countHeard', undefined)
      if (heard === parcels) break
      if (performance.now() > deadline) throw new Error(`a node has heard ${heard} of ${parcels} parcels`)
      await setTimeout(20)
    }
  }
}
