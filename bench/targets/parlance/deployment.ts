import { startRedis } from '../../measure/redis.ts'
import type { Engines } from '../../target.ts'
import type { Layout } from './layout.ts'
import { type ParlanceWorld, seed } from './seed.ts'
import { type Parlance, startOn } from './server.ts'

/** A Parlance as a whole. */
interface Deployment {
  readonly nodes: readonly Parlance[]
  readonly engines: Engines
  countStored(): Promise<number>
  stop(): Promise<void>
}

/** A fresh database, a world in it, and nodes on it. If one fails to start, all that did start are stopped. */
export async function deploy(world: ParlanceWorld, { createStorage, nodes }: Layout): Promise<Deployment> {
  await using opened = new AsyncDisposableStack()
  const storage = await createStorage()
  opened.defer(() => storage.remove())
  const conversations = await seed(storage, world)
  const redis = nodes > 1 ? await startRedis() : undefined
  if (redis) opened.defer(() => redis.stop())
  const started: Parlance[] = []
  while (started.length < nodes) {
    const { isLimited } = world
    const node = await startOn({ storage, conversations, redisUrl: redis?.url, isLimited })
    opened.defer(() => node.stop())
    started.push(node)
  }
  const closing = opened.move()
  return {
    nodes: started,
    get engines() {
      return { ...storage.engines, ...(redis && { Redis: [redis.pid] }) }
    },
    countStored: () => storage.countStored(),
    stop: () => closing.disposeAsync(),
  }
}
