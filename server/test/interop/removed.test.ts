import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Place, Stream } from '../support/clients/index.ts'
import { until } from '../support/until.ts'
import { MESSAGE_REFUSED, refusalOf } from './refusals.ts'
import { addressing, type Participant, World } from './world.ts'

// An embedding program changes a role and removes a member, and an operator deletes a conversation: what each dialect then
// takes from its members, and tells.

let world: World
let ann: Participant
before(async () => {
  world = await World.start()
  ann = await world.join('ann')
})
after(() => world[Symbol.asyncDispose]())

const KINDS = [
  { kind: 'group', opener: 'chatapp' },
  { kind: 'open', opener: 'groups', name: 'the square' },
] as const

for (const { kind, opener, ...named } of KINDS)
  describe(`in a conversation that is ${kind}`, () => {
    let place: Place
    let ben: Participant
    before(async () => {
      ben = await world.join('ben')
      place = await world.open(ann, opener, { kind, others: [ben], ...named })
    })

    const facts = () => ({ conversationId: place.conversationId, accountId: ben.account.accountId })

    test('a reader hears, and speaks in no dialect, in the words for the blocked', async () => {
      const { members } = world.server.chat
      await members.changeRole(ann.account.accountId, { ...facts(), role: 'reader' })
      for (const dialect of addressing(kind)) {
        assert.deepEqual(
          await refusalOf(ben[dialect].send(place, 'muted')),
          MESSAGE_REFUSED[dialect],
          dialect,
        )
        await ann[dialect].send(place, `heard in ${dialect}`)
        assert.equal((await ben[dialect].history(place)).at(-1)?.text, `heard in ${dialect}`)
      }
      await members.changeRole(ann.account.accountId, { ...facts(), role: 'member' })
      for (const dialect of addressing(kind)) await ben[dialect].send(place, `not muted in ${dialect}`)
    })

    test('a removed member hears nothing more, in no dialect, and speaks and enters no more', async () => {
      const dialects = addressing(kind)
      // The others poll the history, which is refused below.
      const live = dialects.filter((dialect) => dialect !== 'messenger' && dialect !== 'native')
      const streams = (await Promise.all(live.map((dialect) => ben[dialect].listen(place)))).flat()
      const heard = (text: string) => (stream: Stream) =>
        stream.shown.some((message) => message.text === text)
      await ann.rooms.send(place, 'before')
      await until('everything to hear', () => streams.every(heard('before')))
      await world.server.chat.members.remove(ann.account.accountId, facts())
      await ann.rooms.send(place, 'behind their back')
      const [witness] = await ann.rooms.listen(place)
      await ann.rooms.send(place, 'the end')
      await until('the others to hear', () => witness !== undefined && heard('the end')(witness))
      for (const dialect of dialects) {
        await assert.rejects(ben[dialect].send(place, 'let me in'), dialect)
        await assert.rejects(ben[dialect].history(place), dialect)
      }
      for (const stream of streams) assert.ok(!heard('behind their back')(stream), stream.transport)
      const members = await world.server.chat.conversations.members(place.conversationId)
      assert.deepEqual(
        members.map(({ username }) => username),
        [ann.username],
      )
    })
  })

for (const { kind, opener, ...named } of KINDS)
  test(`a conversation that is ${kind} and deleted is there for nobody, in no dialect`, async () => {
    const cy = await world.join('cy')
    const name = 'name' in named ? { name: 'the doomed square' } : {}
    const place = await world.open(ann, opener, { kind, others: [cy], ...name })
    const { conversationId } = place
    const dialects = addressing(kind)
    await cy.rooms.send(place, 'before')
    const { conversationRemovals, conversations } = world.server.chat
    await conversationRemovals.wish(conversationId)
    await until('it to be gone', async () => {
      await conversationRemovals.run()
      const { firstSeq, lastSeq } = (await conversations.find(conversationId)) ?? { firstSeq: 0, lastSeq: 0 }
      return firstSeq > lastSeq
    })
    for (const who of [ann, cy]) {
      assert.ok(!(await conversations.idsOf(who.account.accountId)).includes(conversationId))
      for (const dialect of dialects) {
        await assert.rejects(who[dialect].send(place, 'still here?'), dialect)
        await assert.rejects(who[dialect].history(place), dialect)
      }
    }
    assert.deepEqual(await conversations.members(conversationId), [])
    assert.equal(await conversations.findByGidOrName(place.gid), undefined)
    // Its name is free.
    if ('name' in name) await world.open(cy, opener, { kind, others: [ann], ...name })
  })
