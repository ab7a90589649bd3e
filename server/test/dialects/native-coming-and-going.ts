import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Listing, MessagePage } from '@parlance/protocol'
import fc from 'fast-check'
import { deep } from '../support/deep.ts'
import { NativeReader, shownOf } from '../support/native-reader.ts'
import type { NativePerson, NativeWorld } from './native-world.ts'

const DEVICES = 4
const PLACES = 2

const device = fc.nat(DEVICES - 1)
const place = fc.nat(PLACES - 1)
const seq = fc.integer({ min: 1, max: 12 })

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constant('message.send' as const), device, place }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('message.edit' as const), device, place, seq }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('message.delete' as const), device, place, seq }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('reaction.put' as const), device, place, seq }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('reaction.remove' as const), device, place, seq }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('read' as const), device, place, seq }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('disconnect' as const), device }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('connect' as const), device, node: fc.nat(1) }) },
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Refusals that a step may meet, because it names what is not there or is another's. */
const EXPECTED = new Set(['not_found', 'not_the_owner', 'forbidden', 'conflict'])

class Chatter {
  readonly readers: readonly NativeReader[]
  readonly #nodes: readonly NativeWorld[]
  readonly #conversations: readonly string[]

  constructor(
    nodes: readonly NativeWorld[],
    people: readonly NativePerson[],
    conversations: readonly string[],
  ) {
    this.#nodes = nodes
    this.readers = people.map(({ token }) => new NativeReader(token))
    this.#conversations = conversations
  }

  /** The steps of one device follow one another; devices do not wait for each other. */
  async takeAll(steps: readonly Step[]): Promise<void> {
    const byDevice = Map.groupBy(steps, ({ device: one }) => one)
    const taking = Array.from(byDevice.values(), async (own) => {
      for (const one of own) await this.#take(one)
    })
    await Promise.all(taking)
  }

  async #take(one: Step): Promise<void> {
    const reader = this.readers[one.device] ?? assert.fail()
    if (one.op === 'disconnect') return reader.disconnect()
    if (one.op === 'connect') return reader.connect(this.#urlOf(one.node))
    const conversation = this.#conversations[one.place] ?? assert.fail()
    const { socket } = reader
    if (!socket) return
    const body = randomUUID()
    const fields = {
      'message.send': { body, clientId: body },
      'message.edit': { seq: 'seq' in one && one.seq, body },
      'message.delete': { seq: 'seq' in one && one.seq },
      'reaction.put': { seq: 'seq' in one && one.seq, key: '👍' },
      'reaction.remove': { seq: 'seq' in one && one.seq, key: '👍' },
      read: { seq: 'seq' in one && one.seq },
    }[one.op]
    // The connection may be gone before it is answered: what was asked is done or not.
    const answer = await socket.ask(one.op, { conversation, ...fields }).catch(() => undefined)
    if (answer?.error) assert.ok(EXPECTED.has(answer.error.code), JSON.stringify(answer.error))
  }

  #urlOf(node: number): string {
    return (this.#nodes[node % this.#nodes.length] ?? assert.fail()).server.url
  }
}

/**
 * Has people say and do anything, come and go, over any of the nodes, and fails unless each of their devices has in the
 * end what the log has, and was told each change once.
 */
export async function comeAndGo(nodes: readonly NativeWorld[], numRuns: number): Promise<void> {
  const [first = assert.fail()] = nodes
  const turn = fc.array(step, { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { maxLength: 12 }), async (turns) => {
      const [ann, bob, cy] = await Promise.all(['ann', 'bob', 'cy'].map((name) => first.join(name)))
      assert.ok(ann && bob && cy)
      const people = [ann, ann, bob, cy]
      const conversations = [await first.group(ann, bob, cy), await first.group(ann, bob, cy)]
      const chatter = new Chatter(nodes, people, conversations)
      for (const reader of chatter.readers) await reader.connect(first.server.url)
      for (const steps of turns) await chatter.takeAll(steps)
      for (const [n, reader] of chatter.readers.entries()) {
        if (!reader.socket) await reader.connect(first.server.url)
        for (const conversation of conversations)
          await compare(first, people[n] ?? ann, { reader, conversation })
        await reader.disconnect()
      }
    }),
    // A shorter example would take a wait of its own for each step of the search.
    { numRuns: deep(numRuns), endOnFailure: true },
  )
}

/** Fails unless the reader has of that conversation what the log has, and the right number of unread ones. */
export async function compare(
  world: NativeWorld,
  person: NativePerson,
  { reader, conversation }: { readonly reader: NativeReader; readonly conversation: string },
): Promise<void> {
  const path = `/v1/conversations/${conversation}`
  const { lastChange, me } = await world.ask<Listing>(person, `GET ${path}`)
  await reader.settled(conversation, lastChange)
  const { items } = await world.ask<MessagePage>(person, `GET ${path}/messages?limit=200`)
  assert.deepEqual(reader.shown(conversation), items.map(shownOf))
  const { chat } = world.server
  const account = await chat.accounts.findByUsername(person.username)
  assert.ok(account)
  await reader.settledAt(await chat.accountState.cursor(account.accountId))
  assert.equal(reader.unread(conversation), me.unread)
}
