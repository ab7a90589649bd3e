import { setTimeout } from 'node:timers/promises'
import { collectGarbage } from '../measure/node-command.ts'
import { startRedis } from '../measure/redis.ts'
import type { Sample } from '../measurement.ts'
import type { BusNode } from '../parts/bus-node.ts'
import { startPart } from '../parts/part.ts'
import type { Pace } from '../scenario.ts'

/** Memory of a node and of Redis for each conversation that the node listens to, and for each person online. */
export async function redisFollowing({ seconds }: Pace, count: number): Promise<Sample> {
  await using opened = new AsyncDisposableStack()
  const redis = await startRedis()
  opened.defer(() => redis.stop())
  const node = await startPart<BusNode>('bus-node.ts', { REDIS_URL: redis.url })
  opened.defer(() => node.stop())
  const snapshot = async () => {
    // Two seconds it waits for somebody to follow what is ready.
    await setTimeout(seconds * 500)
    await collectGarbage(node.pid)
    const { used_memory: redisBytes = Number.NaN } = await redis.info()
    return { redisBytes, nodeBytes: await node.tell('measureHeap', undefined) }
  }
  const costs = async (order: 'follow' | 'welcome', of: string): Promise<Sample> => {
    // The first few bring code and buffers into memory that the others share.
    const first = Math.floor(count / 10)
    await node.tell(order, { first: 1, count: first })
    const before = await snapshot()
    await node.tell(order, { first: 1 + first, count })
    const after = await snapshot()
    return {
      [`KB/${of} in a node`]: (after.nodeBytes - before.nodeBytes) / count / 1024,
      [`bytes/${of} in Redis`]: (after.redisBytes - before.redisBytes) / count,
    }
  }
  return { ...(await costs('follow', 'conversation')), ...(await costs('welcome', 'person')) }
}
