import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { KINDS, type World } from '../interop/world.ts'
import { deep } from '../support/deep.ts'
import { Cluster } from './cluster.ts'
import { Load } from './load.ts'

// Clients of every dialect at every node talk at once: live and in every history, at whichever node, all see
// the one order.

const MESSAGES = deep(1_200)
const PEOPLE = { private: 2, group: 3, open: 6 } as const
const AT_ONCE = 4

const opened = new AsyncDisposableStack()
let cluster: Cluster
let world: World
let loads: readonly Load[]
before(async () => {
  cluster = opened.use(await Cluster.start())
  world = opened.use(await cluster.world())
  loads = await Promise.all(KINDS.map(gatherIn))
  for (const load of loads) load.begin({ atOnce: AT_ONCE, pauseMs: 0, messages: MESSAGES / loads.length })
  await Promise.all(loads.map((load) => load.end()))
})
after(() => opened.disposeAsync())

async function gatherIn({ kind, opener, name }: (typeof KINDS)[number]): Promise<Load> {
  const names = Array.from({ length: PEOPLE[kind] }, (_, n) => `${kind}-${n}`)
  const [first, ...others] = await Promise.all(names.map((hint) => world.join(hint)))
  assert.ok(first)
  const place = await world.open(first, opener, { kind, others, ...(name !== undefined && { name }) })
  return opened.use(await Load.gather({ cluster, world }, place, [first, ...others]))
}

describe(`${MESSAGES} messages over all dialects and nodes`, () => {
  for (const [at, { kind }] of KINDS.entries()) {
    test(`a${kind === 'open' ? 'n' : ''} ${kind} conversation loses, doubles and misplaces nothing`, async () => {
      assert.ok(loads[at])
      assert.deepEqual(await loads[at].complaints(), [])
    })
  }

  test('all were acknowledged', () => {
    const acknowledged = loads.reduce((sum, load) => sum + load.acknowledged.length, 0)
    assert.ok(acknowledged >= MESSAGES, `${acknowledged} of them`)
  })
})
