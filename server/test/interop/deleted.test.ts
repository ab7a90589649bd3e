import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { DialectName } from '../../src/dialects/index.ts'
import { failure } from '../support/chatapp.ts'
import type { Place } from '../support/clients/index.ts'
import { addressing, KINDS, type Participant, World } from './world.ts'

// Messenger deletes a message: it is gone from every history, and nobody can reply to it any more.

let world: World
let ann: Participant
let ben: Participant
before(async () => {
  world = await World.start()
  ;[ann, ben] = await Promise.all([world.join('ann'), world.join('ben')])
})
after(() => world[Symbol.asyncDispose]())

for (const { kind, opener, name } of KINDS) {
  describe(`in a${kind === 'open' ? 'n' : ''} ${kind} conversation`, () => {
    let place: Place
    before(async () => {
      place = await world.open(ann, opener, { kind, others: [ben], ...(name !== undefined && { name }) })
    })

    for (const dialect of addressing(kind)) {
      test(`a message that was sent in ${dialect} and deleted is in no history`, async () => {
        await ann[dialect].send(place, `kept, ${dialect}`)
        await ann[dialect].send(place, `regretted, ${dialect}`)
        const before = await histories(place, ben)
        for (const texts of Object.values(before)) assert.ok(texts?.includes(`regretted, ${dialect}`))
        await remove(place, `regretted, ${dialect}`)
        const expected = before.rooms?.filter((text) => text !== `regretted, ${dialect}`)
        for (const who of [ann, ben])
          for (const texts of Object.values(await histories(place, who))) assert.deepEqual(texts, expected)
        const { last_message } = await ben.messenger.api.ok<{ last_message: { contents: string } }>(
          'GET',
          `/chat/${place.conversationId}`,
        )
        assert.equal(last_message.contents, `kept, ${dialect}`)
      })
    }

    test('a deleted message is replied to no more; replies made before keep their reply_id', async () => {
      await ann.rooms.send(place, 'a question')
      const id = await idOf(place, 'a question')
      const reply = { type: 'send_message', conversation_id: place.conversationId, reply_id: id }
      const { data } = await ben.chatapp.ask({ ...reply, content: 'an answer' })
      await remove(place, 'a question')
      const refusal = `No such ${id} message id found in ${place.conversationId} conversation_id`
      const late = await ben.chatapp.ask({ ...reply, content: 'a late answer' })
      assert.deepEqual(late, failure('send_message', refusal))
      const ask = {
        type: 'get_messages',
        conversation_id: place.conversationId,
        before: (data as { id: number }).id + 1,
      }
      const { messages } = await ann.chatapp.ws.data<{ messages: { content: string; reply_id: number }[] }>(
        ask,
      )
      assert.deepEqual([messages[0]?.content, messages[0]?.reply_id], ['an answer', id])
    })

    test('nobody deletes the message of another, nor one twice', async () => {
      await ann.groups.send(place, 'here to stay')
      const id = await idOf(place, 'here to stay')
      const foreign = await ben.messenger.api.call('DELETE', `/message/${id}`)
      assert.equal(foreign.status, 403)
      await remove(place, 'here to stay')
      const again = await ann.messenger.api.call('DELETE', `/message/${id}`)
      assert.equal(again.status, 404)
    })
  })
}

async function histories(
  place: Place,
  who: Participant,
): Promise<Partial<Record<DialectName, readonly string[]>>> {
  const all: Partial<Record<DialectName, readonly string[]>> = {}
  for (const dialect of addressing(place.kind))
    all[dialect] = (await who[dialect].history(place)).map(({ text }) => text)
  return all
}

async function idOf(place: Place, text: string): Promise<unknown> {
  return (await ann.messenger.history(place)).find((message) => message.text === text)?.id
}

async function remove(place: Place, text: string): Promise<void> {
  const removed = await ann.messenger.api.ok('DELETE', `/message/${await idOf(place, text)}`)
  assert.deepEqual(removed, { success: true })
}
