import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { KINDS, type World } from '../interop/world.ts'
import { until } from '../support/until.ts'
import { Cluster, type ClusterOptions } from './cluster.ts'
import { Load } from './load.ts'
import type { Node } from './node.ts'

/** Requirement: live delivery resumes so soon after the end of a fault. */
const LIVE_WITHIN_MS = 2_000
/** Each client's pace. Over thirty clients, of which most hear each other: together they send forty messages a second. */
const PACE = { atOnce: 1, pauseMs: 750 }
const PEOPLE = ['ann', 'ben', 'cat', 'dan']
/** How much is said in each conversation before the fault. */
const SAID_BEFORE = 20

/** The cluster that a fault is done to, and a check for its middle. */
export interface Scene {
  readonly cluster: Cluster
  /** A message through each of these nodes is soon heard by every client at them. */
  assertLive(nodes?: readonly Node[]): Promise<void>
}

/** Does it, and resolves when it is over. */
type Fault = (scene: Scene) => Promise<void>

/** A test for each fault: under load it loses and doubles nothing, and live delivery is back at once. */
export function faultTests(faults: Readonly<Record<string, Fault>>, options: ClusterOptions = {}): void {
  const opened = new AsyncDisposableStack()
  let cluster: Cluster
  before(async () => {
    cluster = opened.use(await Cluster.start(options))
  })
  after(() => opened.disposeAsync())

  for (const [name, fault] of Object.entries(faults)) {
    test(`under load ${name}: nothing is lost or doubled, and all is live again at once`, async (t) => {
      t.after(() => cluster.heal())
      t.after(() => tellWarnings(t, cluster))
      await using world = await cluster.world()
      await using stack = new AsyncDisposableStack()
      const loads = await gather(stack, cluster, world)
      const msUntilLive = async (nodes: readonly Node[] = cluster.running) =>
        Math.max(...(await Promise.all(loads.map((load) => load.msUntilLive(nodes)))))
      const assertLive = async (nodes?: readonly Node[]) =>
        assertSoon('live meanwhile', await msUntilLive(nodes))

      for (const load of loads) load.begin(PACE)
      await until('all to go well', () =>
        loads.every(({ acknowledged }) => acknowledged.length >= SAID_BEFORE),
      )
      await fault({ cluster, assertLive })
      const liveAfterMs = await msUntilLive()
      await Promise.all(loads.map((load) => load.hasMoved()))
      for (const load of loads) await load.end('now')

      const complaints = (await Promise.all(loads.map((load) => load.complaints()))).flat()
      tell(t, { loads, liveAfterMs })
      assert.deepEqual(complaints, [])
      assertSoon('live again', liveAfterMs)
    })
  }
}

/** A private conversation, which all dialects have, and an open one with people at every node. */
async function gather(stack: AsyncDisposableStack, cluster: Cluster, world: World): Promise<readonly Load[]> {
  const people = await Promise.all(PEOPLE.map((name) => world.join(name)))
  const loads: Load[] = []
  for (const { kind, opener, name } of KINDS.filter((one) => one.kind !== 'group')) {
    const [first, ...others] = kind === 'private' ? people.slice(0, 2) : people
    assert.ok(first)
    const place = await world.open(first, opener, { kind, others, ...(name !== undefined && { name }) })
    loads.push(stack.use(await Load.gather({ cluster, world }, place, [first, ...others])))
  }
  return loads
}

interface Story {
  readonly loads: readonly Load[]
  readonly liveAfterMs: number
}

function tell(t: TestContext, { loads, liveAfterMs }: Story): void {
  const acknowledged = loads.reduce((sum, load) => sum + load.acknowledged.length, 0)
  t.diagnostic(`${acknowledged} messages acknowledged, live again after ${Math.round(liveAfterMs)} ms`)
}

/** Also of a test that has failed: what a node says is the first that one wants to know. */
function tellWarnings(t: TestContext, cluster: Cluster): void {
  for (const { url, warnings } of new Set(cluster.nodes))
    for (const line of warnings) t.diagnostic(`${url} says ${line}`)
}

const assertSoon = (what: string, afterMs: number): void =>
  assert.ok(afterMs <= LIVE_WITHIN_MS, `${what} after ${Math.round(afterMs)} ms`)

/** For as long as a fault lasts. */
export const lasting = (ms: number): Promise<void> => setTimeout(ms)
