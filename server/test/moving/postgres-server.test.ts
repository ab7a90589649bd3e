import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { DIALECT_NAMES, type DialectName } from '../../src/dialects/index.ts'
import { Gathering } from '../interop/gathering.ts'
import { everythingShownTo, type Life, live, placeIn, shownTo } from '../interop/life.ts'
import { MESSAGE_REFUSED, refusalOf } from '../interop/refusals.ts'
import { addressing, hangUp, type Participant, World } from '../interop/world.ts'
import { logInEverywhere, Refused, type Shown } from '../support/clients/index.ts'
import { tempSchema } from '../support/postgres.ts'
import { tempDir } from '../support/temp-dir.ts'
import { succeeds } from './command.ts'

interface Moved {
  readonly world: World
  readonly life: Life
  /** With the credentials that they had before: ann, ben, and cat, whom ann has blocked. */
  readonly people: readonly [Participant, Participant, Participant]
  /** Ann's view in each dialect before the move. */
  readonly remembered: ReadonlyMap<DialectName, unknown>
}

/** A server was closed, its file moved, and one on PostgreSQL has taken its place: nobody should notice. */
async function move(t: TestContext): Promise<Moved> {
  let world: World | undefined
  t.after(() => world?.[Symbol.asyncDispose]())
  const [DBPATH, DATABASE_URL] = [join(await tempDir(t), 'parlance.db'), await tempSchema(t)]
  const old = await World.start({ DBPATH })
  const { port, tcpPort } = old.server
  const [ann, ben, cat] = [await old.join('ann'), await old.join('ben', 'messenger'), await old.join('cat')]
  const life = await live(old, [ann, ben, cat])
  const remembered = await everythingShownTo(ann, life.places)
  await old[Symbol.asyncDispose]()
  await succeeds(t, 'migrate', '--from', DBPATH, '--database-url', DATABASE_URL)
  world = await World.start({ DATABASE_URL, PORT: String(port), ROOMS_TCP_PORT: String(tcpPort) })
  const people = [await world.resume(ann), await world.resume(ben), await world.resume(cat)] as const
  return { world, life, people, remembered }
}

test('after a move to PostgreSQL', async (t) => {
  const { world, life, people, remembered } = await move(t)
  const [ann, ben, cat] = people

  for (const dialect of DIALECT_NAMES) {
    await t.test(
      `${dialect}: every history and list is as it was, to the credentials of before`,
      async () => {
        assert.deepEqual(await shownTo(ann, dialect, life.places), remembered.get(dialect))
      },
    )
  }

  await t.test('passwords are kept: a new login sees the same', async () => {
    const anew = { ...ann, ...(await logInEverywhere(world.server, ann)) }
    // In rooms one's own messages bear the uuid of the log-in.
    for (const dialect of DIALECT_NAMES.filter((name) => name !== 'rooms'))
      assert.deepEqual(await shownTo(anew, dialect, life.places), remembered.get(dialect))
    const place = placeIn(life.places, 'open')
    assert.deepEqual(textsOf(await anew.rooms.history(place)), textsOf(await ann.rooms.history(place)))
    await hangUp(anew)
  })

  await t.test('a wrong password is still one', async () => {
    await assert.rejects(logInEverywhere(world.server, { ...ann, password: 'a guess' }), Refused)
  })

  await t.test('all devices talk on where they were', async () => {
    const place = placeIn(life.places, 'private')
    const gathering = await Gathering.at(world, place, [ann, ben])
    const dialects = addressing('private')
    for (const dialect of dialects) await ann[dialect].send(place, `again over ${dialect}`)
    const facts = await gathering.settled()
    assert.equal(facts.filter(({ body }) => body.startsWith('again over')).length, dialects.length)
  })

  await t.test('blocked people are still blocked', async () => {
    const privately = await world.find({ by: 'pair', pair: [cat.channels.id, ann.channels.id] })
    for (const dialect of DIALECT_NAMES)
      assert.deepEqual(await refusalOf(cat[dialect].send(privately, 'please')), MESSAGE_REFUSED[dialect])
  })
})

const textsOf = (shown: readonly Shown[]): readonly string[] => shown.map(({ text }) => text)
