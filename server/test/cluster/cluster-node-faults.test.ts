import { faultTests, lasting } from './faults.ts'
import type { EngineName, Node } from './node.ts'

// Faults of one node of three, while clients of every dialect talk at all of them.

const PAUSE_MS = 10_000
const CUT_MS = 2_000
const BETWEEN_MS = 500

faultTests(
  {
    'a node is killed, and its clients go elsewhere': async ({ cluster }) => {
      await cluster.node(0).kill()
    },

    'a node is killed and started again': async ({ cluster, assertLive }) => {
      await cluster.node(1).kill()
      await assertLive()
      await cluster.node(1).start()
    },

    'a node does nothing for ten seconds': async ({ cluster }) => {
      cluster.node(2).pause()
      await lasting(PAUSE_MS)
      cluster.node(2).resume()
    },

    'a node is cut from Redis, and again': async ({ cluster, assertLive }) => {
      // Meanwhile its own clients talk with one another, and the others with the others.
      await cutTwice(cluster.node(0), 'redis', async () => {
        await assertLive([cluster.node(0)])
        await assertLive([cluster.node(1), cluster.node(2)])
      })
    },

    'a node is cut from PostgreSQL, and again': async ({ cluster, assertLive }) => {
      await cutTwice(cluster.node(1), 'postgres', async () => {
        await assertLive([cluster.node(0), cluster.node(2)])
      })
    },
  },
  { isCuttable: true },
)

async function cutTwice(node: Node, engine: EngineName, meanwhile: () => Promise<void>): Promise<void> {
  for (const pauseMs of [BETWEEN_MS, 0]) {
    node.cutFrom(engine)
    await Promise.all([lasting(CUT_MS), meanwhile()])
    node.reconnect()
    await lasting(pauseMs)
  }
}
