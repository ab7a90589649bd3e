import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { DIALECT_NAMES, type DialectName } from '../../src/dialects/index.ts'
import { Refused, type Shown } from '../support/clients/index.ts'
import { TITLE } from './expected.ts'
import { holdTalk, isFrom, type Showing, type Talk, textsFrom } from './talk.ts'
import { addresses, OPENINGS, type World } from './world.ts'

interface Cell {
  readonly talk: Talk
  readonly sender: DialectName
  /** To both people, the sender's own other devices among them. */
  readonly showings: readonly Showing[]
}

const RULES: Readonly<Record<string, (cell: Cell) => void>> = {
  'arrives live, once on every transport of both people': ({ showings, sender }) =>
    haveAll(
      showings.filter(({ how }) => how === 'live'),
      sender,
    ),
  'is in the history of both people, once': ({ showings, sender }) =>
    haveAll(
      showings.filter(({ how }) => how !== 'live'),
      sender,
    ),
  'bears the names of its sender and its conversation': (cell) => {
    areAsExpected(cell, ({ sender, place }) => ({ sender, place }))
    haveTitles(cell)
  },
  'bears the same id, in the form of the dialect': (cell) => areAsExpected(cell, ({ id }) => id),
  'bears the same time, in the form of the dialect': (cell) => areAsExpected(cell, ({ at }) => at),
  'stands in its one place among all that was said': ({ talk, sender, showings }) => {
    const order = talk.facts.map(({ body }) => body)
    assert.deepEqual(
      order.filter((text) => isFrom(sender, { text })),
      textsFrom(sender),
    )
    for (const { label, shown } of showings) assert.deepEqual(shown.map(textOf), order, label)
  },
}

/**
 * Every kind of client speaks, every kind listens, in every kind of conversation, whoever opened it: a test
 * for each rule in each cell. Each cell's expectations follow from the dialects' table in expected.ts.
 */
export function interopMatrix(start: () => Promise<World>): void {
  let world: World
  const talks: Talk[] = []
  before(async () => {
    world = await start()
    talks.push(...(await holdTalks(world)))
  })
  after(() => world[Symbol.asyncDispose]())

  for (const [at, { kind, opener }] of OPENINGS.entries()) {
    const about = `a${kind === 'open' ? 'n' : ''} ${kind} conversation opened in ${opener}`
    describe(about, () => {
      for (const sender of DIALECT_NAMES) {
        for (const receiver of DIALECT_NAMES) {
          const cell = () => cellOf(talks[at], sender, receiver)
          const name = `${about}, ${sender} to ${receiver}`
          if (!addresses(receiver, kind)) {
            test(`${name}: the receiver has no name for it`, () => isUnknownTo(cell().talk, receiver))
          } else if (!addresses(sender, kind)) {
            test(`${name}: the sender has no name for it`, () => isUnsaid(cell()))
          } else {
            for (const [rule, holds] of Object.entries(RULES)) {
              test(`${name}: a message ${rule}`, () => holds(cell()))
            }
          }
        }
      }
    })
  }
}

async function holdTalks(world: World): Promise<readonly Talk[]> {
  const [ann, ben, cat, dan] = [
    await world.join('ann', 'rooms'),
    await world.join('ben', 'chatapp'),
    await world.join('cat', 'channels'),
    await world.join('dan', 'native'),
  ]
  // A private conversation is the pair's only one, and the last pair has none.
  const pairs = {
    'private messenger': [ann, ben],
    'private channels': [ann, cat],
    'private native': [dan, ann],
  } as const
  const pairOf = ({ kind, opener }: (typeof OPENINGS)[number]) =>
    Object.entries(pairs).find(([name]) => name === `${kind} ${opener}`)?.[1] ?? ([ben, cat] as const)
  const talks: Talk[] = []
  for (const opening of OPENINGS) talks.push(await holdTalk(world, opening, pairOf(opening)))
  return talks
}

function cellOf(talk: Talk | undefined, sender: DialectName, receiver: DialectName): Cell {
  assert.ok(talk)
  return { talk, sender, showings: talk.showings.filter(({ view }) => view.dialect === receiver) }
}

const textOf = ({ text }: Shown): string => text

function haveAll(showings: readonly Showing[], sender: DialectName): void {
  assert.ok(showings.length >= 2)
  for (const { label, shown } of showings) {
    const texts = shown.filter((message) => isFrom(sender, message)).map(textOf)
    assert.deepEqual(texts.toSorted(), textsFrom(sender).toSorted(), label)
  }
}

function areAsExpected({ talk, sender, showings }: Cell, part: (shown: Shown) => unknown): void {
  for (const { label, view, how, shown } of showings) {
    const expected = view.expected(talk.facts, how)
    const parts = (messages: readonly Shown[]) =>
      messages.filter((message) => isFrom(sender, message)).map((message) => [message.text, part(message)])
    assert.deepEqual(parts(shown), parts(expected), label)
  }
}

function haveTitles({ talk: { titles, place, speaker, listener }, showings }: Cell): void {
  for (const view of new Set(showings.map((showing) => showing.view))) {
    const other = view.who === speaker ? listener : speaker
    assert.deepEqual(titles.get(view), TITLE[view.dialect](place, other.account))
  }
}

/** The one dialect that names private conversations only. */
const NO_SUCH_CHANNEL = [404, { status: 'error', message: 'No such channel' }]

async function isUnknownTo({ place, listener }: Talk, receiver: DialectName): Promise<void> {
  assert.deepEqual(await listener[receiver].history(place), [])
  const refused = await listener[receiver].listen({ ...place, kind: 'private' }).catch((error) => error)
  assert.ok(refused instanceof Refused)
  assert.equal(Reflect.get(Object(refused.answer), 'status'), 403)
}

function isUnsaid({ talk, sender, showings }: Cell): void {
  assert.deepEqual(talk.refusals.get(sender), NO_SUCH_CHANNEL)
  for (const { label, shown } of showings)
    assert.deepEqual(
      shown.filter((message) => isFrom(sender, message)),
      [],
      label,
    )
}
