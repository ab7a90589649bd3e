import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Client } from '../src/index.ts'
import { getServer } from '../src/rest/operations.ts'
import { act, agreed, emptied } from './agreeing.ts'
import { RealWorld, Switch } from './real-world.ts'
import { seeded } from './world.ts'

// Clients that go from node to node of one chat on PostgreSQL, while nodes stop and start. `SEED=… npm test -- sdk/test/nodes`
// does the same deeds again.

const STEPS = 150
const ROUNDS = Number(process.env.RUNS ?? 2)

const world = await RealWorld.openNodes(2)
after(() => world.close())

const nothing = () => undefined

interface Device {
  readonly client: Client
  readonly network: Switch
}

/** Two devices of Alice and one of Bob, in one conversation, each at a node of its own choice. */
async function devices() {
  const unique = performance.now().toFixed(3)
  const [alice, bob] = [await world.person(`alice${unique}`), await world.person(`bob${unique}`)]
  const all: Device[] = []
  for (const token of [alice.token, alice.token, bob.token]) {
    const network = new Switch()
    all.push({ network, client: await world.connect(token, { runtime: network.runtime }) })
  }
  const [first] = all
  assert.ok(first)
  const { id } = await first.client.createConversation({ kind: 'group', name: 'talk', members: [bob.id] })
  for (const { client } of all) client.conversation(id).timeline.subscribe(nothing)
  return { all, id }
}

/** One node is away for a while, and a balancer leads most of its clients to the other. */
class Outages {
  readonly #all: readonly Device[]
  readonly #random: () => number
  #down: number | undefined

  constructor(all: readonly Device[], random: () => number) {
    this.#all = all
    this.#random = random
  }

  async next(): Promise<void> {
    if (this.#down !== undefined) return this.end()
    this.#down = this.#random() < 0.5 ? 0 : 1
    const other = world.nodes[1 - this.#down]
    await world.nodes[this.#down]?.stop()
    for (const { network } of this.#all) if (other && this.#random() < 0.8) network.lead(other.url)
  }

  async end(): Promise<void> {
    if (this.#down !== undefined) await world.nodes[this.#down]?.start()
    this.#down = undefined
  }
}

test('over nodes that come and go, each timeline is the log, each badge right and each outbox empty', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000))
    try {
      await live(seed)
    } catch (error) {
      throw new Error(`SEED=${seed}`, { cause: error })
    }
  }
})

async function live(seed: number): Promise<void> {
  const random = seeded(seed)
  const { all, id } = await devices()
  const outages = new Outages(all, random)
  for (let step = 1; step <= STEPS; step += 1) {
    const device = all[Math.floor(random() * all.length)]
    const node = world.nodes[Math.floor(random() * world.nodes.length)]
    if (!device || !node) continue
    const chance = random()
    if (chance < 0.06) device.network.lead(node.url)
    else if (chance < 0.1) device.network.off()
    else if (chance < 0.2) device.network.on()
    else act(device.client.conversation(id), random)
    if (step % 40 === 0) await outages.next()
    // Something is to have come and gone meanwhile.
    if (step % 5 === 0) await all[1]?.client.rest.call(getServer, {}).catch(nothing)
  }
  await outages.end()
  for (const { network } of all) network.on()
  for (const { client } of all) await client.ready()
  for (const { client } of all) await emptied(client)
  for (const { client } of all) await agreed(client, client.conversation(id))
  for (const { client } of all) client.close()
}
