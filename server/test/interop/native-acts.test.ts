import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Place } from '../support/clients/index.ts'
import { NativeHttp } from '../support/native-http.ts'
import { Gathering } from './gathering.ts'
import { addressing, KINDS, type Participant, World } from './world.ts'

// People react, pin, change roles, edit and delete over native. A client of another dialect hears of the messages that are
// sent, once each, and of nothing that its wire has no word for; every history is as it is now.

let world: World
let ann: Participant
let ben: Participant
before(async () => {
  world = await World.start()
  ;[ann, ben] = await Promise.all([world.join('ann'), world.join('ben')])
})
after(() => world[Symbol.asyncDispose]())

const nativeOf = ({ native: { token } }: Participant) => new NativeHttp(world.server.url, { token })

for (const { kind, opener, name } of KINDS)
  describe(`in a${kind === 'open' ? 'n' : ''} ${kind} conversation`, () => {
    let place: Place
    before(async () => {
      place = await world.open(ann, opener, { kind, others: [ben], ...(name !== undefined && { name }) })
    })

    test('reactions, pins and roles show in no other dialect, edits and deletions in the histories', async () => {
      const gathering = await Gathering.at(world, place, [ben])
      const owner = nativeOf(ann)
      const c = `c_${place.conversationId}`
      const say = (body: string) => owner.send({ id: c }, body)
      const [plain, edited, gone] = [await say('plain'), await say('before'), await say('gone soon')]
      await ben.rooms.send(place, 'of ben')
      const { head: ofBen } = await owner.ok('listMessages', { params: { c }, query: { limit: 1 } })
      const at = (seq: number) => ({ params: { c, seq } })
      await owner.ok('putReaction', { params: { c, seq: plain.seq, key: '👍' } })
      await nativeOf(ben).ok('putReaction', { params: { c, seq: plain.seq, key: '👍' } })
      await owner.ok('removeReaction', { params: { c, seq: plain.seq, key: '👍' } })
      await owner.ok('editMessage', { ...at(edited.seq), body: { body: 'behind' } })
      await owner.ok('deleteMessage', at(gone.seq))
      const isShared = kind !== 'private'
      if (isShared) {
        await owner.ok('pinMessage', at(plain.seq))
        await owner.ok('unpinMessage', at(plain.seq))
        const role = (given: 'reader' | 'member') =>
          owner.ok('putMember', { params: { c, a: `a_${ben.account.accountId}` }, body: { role: given } })
        await role('reader')
        await role('member')
        await owner.ok('deleteMessage', at(ofBen))
      }
      await say('the last')
      await gathering.settled()
      const said = ['plain', 'before', 'gone soon', 'of ben', 'the last']
      const kept = ['plain', 'behind', ...(isShared ? [] : ['of ben']), 'the last']
      for (const dialect of addressing(kind)) {
        const view = gathering.viewOf(dialect, ben)
        for (const { transport, shown } of view.streams)
          assert.deepEqual(
            shown.map(({ text }) => text),
            said,
            `${dialect}, ${transport}`,
          )
        assert.deepEqual(
          (await view.history()).map(({ text }) => text),
          kept,
          dialect,
        )
      }
    })
  })
