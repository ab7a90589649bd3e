import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { toConversationId } from '../../src/core/chat.ts'
import { present } from '../store/world.ts'
import type { Place } from '../support/clients/index.ts'
import { addressing, KINDS, type Participant, World } from './world.ts'

// An embedding program edits a message: its new text is in every history, whatever dialect it was sent in.

let world: World
let ann: Participant
let ben: Participant
before(async () => {
  world = await World.start()
  ;[ann, ben] = await Promise.all([world.join('ann'), world.join('ben')])
})
after(() => world[Symbol.asyncDispose]())

async function edit(place: Place, text: string, body: string): Promise<void> {
  const { chat } = world.server
  const conversationId = toConversationId(place.conversationId)
  const messages = await chat.messages.list({ conversationId, limit: Infinity })
  const { seq, senderId } = present(messages.find((message) => message.body === text))
  const sender = present(await chat.accounts.find(senderId))
  const standing = present(await chat.conversations.standing(senderId, conversationId))
  await chat.messages.edit(sender, standing, { seq, body })
}

for (const { kind, opener, name } of KINDS) {
  describe(`in a${kind === 'open' ? 'n' : ''} ${kind} conversation`, () => {
    let place: Place
    before(async () => {
      place = await world.open(ann, opener, { kind, others: [ben], ...(name !== undefined && { name }) })
    })

    for (const dialect of addressing(kind))
      test(`a message that was sent in ${dialect} and edited has its new text in every history`, async () => {
        await ann[dialect].send(place, `first, ${dialect}`)
        await ann[dialect].send(place, `second, ${dialect}`)
        // Read once before: what is remembered of a history must not outlive the edit.
        for (const reader of addressing(kind)) await ben[reader].history(place)
        await edit(place, `first, ${dialect}`, `edited, ${dialect}`)
        for (const who of [ann, ben])
          for (const reader of addressing(kind)) {
            const texts = (await who[reader].history(place)).map(({ text }) => text)
            assert.deepEqual(texts.slice(-2), [`edited, ${dialect}`, `second, ${dialect}`], reader)
          }
      })
  })
}
