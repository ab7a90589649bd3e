import { flushRedis } from '../support/engines/index.ts'
import { faultTests, lasting, type Scene } from './faults.ts'

// Faults of the Redis and the PostgreSQL that all nodes share, while clients of every dialect talk.

const AWAY_MS = 3_000
const PAUSE_MS = 10_000

faultTests({
  'Redis is stopped and started again, empty': async (scene) => {
    const { redis } = scene.cluster.engines
    await redis.stop()
    await Promise.all([lasting(AWAY_MS), eachNodeIsLive(scene)])
    await redis.start()
  },

  'Redis forgets everything': async ({ cluster: { engines } }) => {
    await flushRedis(engines.redis)
  },

  'Redis does nothing for ten seconds': async (scene) => {
    const { redis } = scene.cluster.engines
    redis.pause()
    await Promise.all([lasting(PAUSE_MS), eachNodeIsLive(scene)])
    redis.resume()
  },

  'PostgreSQL is restarted': async ({ cluster }) => {
    const { postgres } = cluster.engines
    await postgres.stop()
    await postgres.start()
  },
})

/** Clients at one node talk on with one another. */
async function eachNodeIsLive({ cluster, assertLive }: Scene): Promise<void> {
  for (const node of cluster.nodes) await assertLive([node])
}
