import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Place, Stream } from '../support/clients/index.ts'
import { until } from '../support/until.ts'
import { MESSAGE_REFUSED, refusalOf } from './refusals.ts'
import { addressing, type Participant, World } from './world.ts'

// An embedding program changes a role and removes a member: what each dialect then takes from that member, and tells.

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
