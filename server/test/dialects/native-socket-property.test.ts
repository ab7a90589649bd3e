import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { Listing, MessagePage } from '@parlance/protocol'
import fc from 'fast-check'
import { NativeReader, shownOf } from '../support/native-reader.ts'
import { type NativePerson, openNativeWorld } from './native-world.ts'

const world = await openNativeWorld()

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
  { weight: 4, arbitrary: fc.record({ op: fc.constant('connect' as const), device }) },
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Refusals that a step may meet, because it names what is not there or is another's. */
const EXPECTED = new Set(['not_found', 'not_the_owner', 'forbidden', 'conflict'])

class Chatter {
  readonly readers: readonly NativeReader[]
  readonly #conversations: readonly string[]

  constructor(people: readonly NativePerson[], conversations: readonly string[]) {
    this.readers = people.map(({ token }) => new NativeReader(token))
    this.#conversations = conversations
  }

  async take(one: Step): Promise<void> {
    const reader = this.readers[one.device] ?? assert.fail()
    if (one.op === 'disconnect') return reader.disconnect()
    if (one.op === 'connect') return reader.connect(world.server.url)
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
}

test('whoever comes and goes has in the end what the log has, each change once', {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { maxLength: 12 }),
      async (turns) => {
        const [ann, bob, cy] = await Promise.all(['ann', 'bob', 'cy'].map((name) => world.join(name)))
        assert.ok(ann && bob && cy)
        const people = [ann, ann, bob, cy]
        const conversations = [await world.group(ann, bob, cy), await world.group(ann, bob, cy)]
        const chatter = new Chatter(people, conversations)
        for (const reader of chatter.readers) await reader.connect(world.server.url)
        for (const turn of turns) {
          // The steps of one device follow one another; devices do not wait for each other.
          const byDevice = Map.groupBy(turn, ({ device: one }) => one)
          await Promise.all(
            Array.from(byDevice.values(), async (steps) => {
              for (const one of steps) await chatter.take(one)
            }),
          )
        }
        for (const [n, reader] of chatter.readers.entries()) {
          if (!reader.socket) await reader.connect(world.server.url)
          for (const conversation of conversations) await compare(reader, people[n] ?? ann, conversation)
          await reader.disconnect()
        }
      },
    ),
    { numRuns: Number(process.env.PARLANCE_TEST_RUNS ?? 15) },
  )
})

async function compare(reader: NativeReader, person: NativePerson, conversation: string): Promise<void> {
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
