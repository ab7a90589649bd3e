import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { AuthoredMessage } from '../../src/core/chat.ts'
import type { DialectName } from '../../src/dialects/index.ts'
import type { Place, Shown } from '../support/clients/index.ts'
import { Gathering, type View } from './gathering.ts'
import { addressing, type OPENINGS, type Participant, World } from './world.ts'

/** At most, since a history of channels has no more: each device sends as many as every other. */
const MOST = 1_000
const PEOPLE = 2
/** Requests that each device has under way at once. */
const AT_ONCE = 4
/** The newest that a dialect's protocol can show, where it cannot page through all. */
const REACH: Partial<Readonly<Record<DialectName, number>>> = { groups: 100 }
const PATIENCE_MS = 20_000

const CROWDS: readonly (typeof OPENINGS)[number][] = [
  { kind: 'private', opener: 'channels' },
  { kind: 'open', opener: 'groups', name: 'a busy square' },
]

for (const { kind, opener, name } of CROWDS) {
  const dialects = addressing(kind)
  const each = Math.floor(MOST / (PEOPLE * dialects.length))
  const total = each * PEOPLE * dialects.length
  describe(`${total} messages sent at once by all devices of two people into a${kind === 'open' ? 'n' : ''} ${kind} conversation`, () => {
    let world: World
    let people: readonly Participant[]
    let gathering: Gathering
    let facts: readonly AuthoredMessage[]

    before(async () => {
      world = await World.start()
      const [ann, ben] = await Promise.all([world.join('ann'), world.join('ben', 'messenger')])
      people = [ann, ben]
      const place = await world.open(ann, opener, {
        kind,
        others: [ben],
        ...(name !== undefined && { name }),
      })
      gathering = await Gathering.at(world, place, people)
      await Promise.all(
        people.flatMap((who) => dialects.map((dialect) => sayMuch(who, dialect, { place, each }))),
      )
      facts = await gathering.settled(PATIENCE_MS)
    })
    after(() => world[Symbol.asyncDispose]())

    test('all are stored, in one series without a hole, no two at the same time', () => {
      assert.equal(facts.length, total)
      assert.equal(new Set(facts.map(({ body }) => body)).size, total)
      assert.equal(new Set(facts.map(({ sentAt }) => sentAt)).size, total)
      const [first] = facts
      for (const [at, { seq }] of facts.entries()) assert.equal(seq, (first?.seq ?? 0) + at)
      for (const [at, { messageId }] of facts.slice(1).entries())
        assert.ok(messageId > (facts[at]?.messageId ?? Infinity))
    })

    for (const dialect of dialects) {
      test(`${dialect}: every live stream has that order, without hole or repeat`, () => {
        for (const view of viewsOf(dialect)) {
          const expected = view.expected(facts, 'live')
          for (const { transport, shown } of view.streams) areSame(shown, expected, transport)
        }
      })

      test(`${dialect}: the history has that order, without hole or repeat`, async () => {
        for (const view of viewsOf(dialect)) {
          const expected = view.expected(facts, 'in the history').slice(-(REACH[dialect] ?? total))
          areSame(await view.history(), expected, dialect)
        }
      })
    }

    const viewsOf = (dialect: DialectName): readonly View[] =>
      people.map((who) => gathering.viewOf(dialect, who))
  })
}

async function sayMuch(
  who: Participant,
  dialect: DialectName,
  { place, each }: { place: Place; each: number },
): Promise<void> {
  let said = 0
  const sayOn = async () => {
    while (said < each) await who[dialect].send(place, `${who.username} over ${dialect}, ${++said}`)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, sayOn))
}

/** By texts first: a difference in order is then told in words. */
function areSame(shown: readonly Shown[], expected: readonly Shown[], where: string): void {
  const texts = (messages: readonly Shown[]) => messages.map(({ text }) => text)
  assert.deepEqual(texts(shown), texts(expected), where)
  assert.deepEqual(shown.map(parts), expected.map(parts), where)
}

/** A field that the wire does not have is as good as one that is undefined. */
const parts = ({ text, id, sender, place, at }: Shown) => ({ text, id, sender, place, at })
