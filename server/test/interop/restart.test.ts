import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { DIALECT_NAMES, type DialectName } from '../../src/dialects/index.ts'
import { failure } from '../support/chatapp.ts'
import { DEVICES, type Place } from '../support/clients/index.ts'
import { GroupsClient } from '../support/groups.ts'
import { startParlance } from '../support/server.ts'
import { Gathering } from './gathering.ts'
import { everythingShownTo, GUEST, type Life, live, placeIn, shownTo, strip } from './life.ts'
import { MESSAGE_REFUSED, NAME_TAKEN, refusalOf } from './refusals.ts'
import { addressing, KINDS, type Participant, World } from './world.ts'

// A server is closed and started again on the same directory and ports. Nothing is lost, in any dialect, and
// people who were logged in still are.

let directory: string
let world: World
let ann: Participant
let ben: Participant
/** Ann has blocked cat. */
let cat: Participant
let life: Life
let remembered: readonly ReadonlyMap<DialectName, unknown>[]

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parlance-'))
  const DBPATH = join(directory, 'parlance.db')
  const first = await World.start({ DBPATH })
  const { port, tcpPort } = first.server
  const people = await Promise.all([first.join('ann'), first.join('ben', 'messenger'), first.join('cat')])
  life = await live(first, people)
  remembered = await Promise.all(people.slice(0, 2).map((who) => everythingShownTo(who, life.places)))
  await first[Symbol.asyncDispose]()

  world = await World.start({ DBPATH, PORT: String(port), ROOMS_TCP_PORT: String(tcpPort) })
  ;[ann, ben, cat] = [
    await world.resume(people[0]),
    await world.resume(people[1]),
    await world.resume(people[2]),
  ]
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

describe('after a restart', () => {
  for (const dialect of DIALECT_NAMES) {
    test(`${dialect}: every history and every list is as it was, to the credentials of before`, async () => {
      for (const [at, who] of [ann, ben].entries())
        assert.deepEqual(await shownTo(who, dialect, life.places), remembered[at]?.get(dialect))
    })
  }

  for (const { kind } of KINDS) {
    test(`in a${kind === 'open' ? 'n' : ''} ${kind} conversation all devices talk on where they were`, async () => {
      const place = placeOf(kind)
      const gathering = await Gathering.at(world, place, [ann, ben])
      for (const who of [ann, ben])
        for (const dialect of addressing(kind))
          await who[dialect].send(place, `${who.username}, again over ${dialect}`)
      const facts = await gathering.settled()
      for (const view of gathering.views) {
        const news = facts.filter(({ body }) => body.includes('again over'))
        for (const { transport, shown } of view.streams)
          assert.deepEqual(strip(shown), strip(view.expected(news, 'live')), `${view.dialect}, ${transport}`)
        assert.deepEqual(
          strip(await view.history()),
          strip(view.expected(facts, 'in the history')),
          view.dialect,
        )
      }
    })
  }

  test('ids and places in the conversation go on without a hole', async () => {
    const { conversationId } = placeOf('private')
    const all = await world.server.chat.messages.list({ conversationId, limit: Infinity })
    const deleted = 1
    assert.equal(all.at(-1)?.seq, all.length + deleted)
    for (const [at, { messageId }] of all.slice(1).entries())
      assert.ok(messageId > (all[at]?.messageId ?? Infinity))
  })

  test('blocks and contacts are as before', async () => {
    const privately = await world.find({ by: 'pair', pair: [cat.channels.id, ann.channels.id] })
    for (const dialect of DIALECT_NAMES)
      assert.deepEqual(await refusalOf(cat[dialect].send(privately, 'please')), MESSAGE_REFUSED[dialect])
    const { contacts } = await ann.chatapp.ws.data<{ contacts: unknown }>({ type: 'get_contacts' })
    assert.deepEqual(contacts, [ben.username])
  })

  test('names are taken, those of guests too', async () => {
    for (const dialect of DIALECT_NAMES)
      assert.deepEqual(await DEVICES[dialect].register(world.server, ann), NAME_TAKEN[dialect])
    const guest = { username: GUEST, password: 'mine now' }
    assert.deepEqual(await DEVICES.chatapp.register(world.server, guest), NAME_TAKEN.chatapp)
    const socket = await GroupsClient.connect(world.server.url)
    assert.equal((await socket.ask('find_user', { username: GUEST }))[0]?.[0], 'user_found')
    socket.end()
  })

  test('the pair still has its one private conversation', async () => {
    const again = await world.open(ben, 'channels', { kind: 'private', others: [ann] })
    assert.equal(again.conversationId, placeOf('private').conversationId)
  })

  test('deleted messages stay deleted', async () => {
    const { conversationId } = placeOf('private')
    const reply = {
      type: 'send_message',
      conversation_id: conversationId,
      content: 'what?',
      reply_id: life.deletedId,
    }
    const refusal = `No such ${life.deletedId} message id found in ${conversationId} conversation_id`
    assert.deepEqual(await ann.chatapp.ask(reply), failure('send_message', refusal))
  })
})

test('generated secrets are kept: the Pusher application is the same', async () => {
  const settings = { DBPATH: join(directory, 'other', 'parlance.db') }
  const first = await startParlance(settings)
  await first.close()
  const second = await startParlance(settings)
  await second.close()
  assert.deepEqual(second.pusher, first.pusher)
})

const placeOf = (kind: Place['kind']): Place => placeIn(life.places, kind)
