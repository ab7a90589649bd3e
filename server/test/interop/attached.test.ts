import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { toConversationId } from '../../src/core/chat.ts'
import { present } from '../store/world.ts'
import type { Place } from '../support/clients/index.ts'
import { until } from '../support/until.ts'
import { addressing, KINDS, type Participant, World } from './world.ts'

// Files of a message are lines after its text, with an address each, for clients that know only text.

let world: World
let ann: Participant
let ben: Participant
before(async () => {
  world = await World.start()
  ;[ann, ben] = await Promise.all([world.join('ann'), world.join('ben')])
})
after(() => world[Symbol.asyncDispose]())

async function* bytes() {
  yield Buffer.from('some bytes')
}

/** Sends a file with the account of the message that has this text, and answers its place. */
async function attach(place: Place, text: string, body: string) {
  const { chat } = world.server
  const conversationId = toConversationId(place.conversationId)
  const messages = await chat.messages.list({ conversationId, limit: Infinity })
  const { senderId } = present(messages.find((message) => message.body === text))
  const sender = present(await chat.accounts.find(senderId))
  const name = 'evil\r\n\u202ename.txt'
  const begun = present(await chat.uploads.begin(senderId, { name, type: 'text/plain', size: 10 }))
  await chat.uploads.append({ accountId: senderId, fileId: begun.fileId, offset: 0 }, bytes())
  const standing = present(await chat.conversations.standing(senderId, conversationId))
  const draft = { body, clientId: begun.fileId, native: { files: [begun.fileId] } }
  const message = await chat.messages.send(sender, standing, draft)
  return {
    message,
    file: present((await chat.messages.find(conversationId, message.messageId))?.attachments?.[0]),
  }
}

for (const { kind, opener, name } of KINDS) {
  describe(`in a${kind === 'open' ? 'n' : ''} ${kind} conversation`, () => {
    let place: Place
    before(async () => {
      place = await world.open(ann, opener, { kind, others: [ben], ...(name !== undefined && { name }) })
    })

    test('a file is a line in every history and live, whose address works while the message lives', async () => {
      const readers = addressing(kind).filter((dialect) => dialect !== 'native')
      const [first] = readers
      assert.ok(first)
      await ann[first].send(place, `before, ${kind}`)
      const streams = (await Promise.all(readers.map((reader) => ben[reader].listen(place)))).flat()
      const { message, file } = await attach(place, `before, ${kind}`, `see, ${kind}`)
      const pattern = /^see, \w+\nevil name\.txt \(text\/plain, 10 bytes\) (http:\S+)$/
      const addresses = new Set<string>()
      for (const reader of readers) {
        const shown = (await ben[reader].history(place)).map(({ text }) => text).at(-1) ?? ''
        addresses.add(pattern.exec(shown)?.[1] ?? `${reader}: ${shown}`)
      }
      for (const stream of streams) {
        await until('it is told live', () => stream.shown.length > 0)
        const { text = '' } = stream.shown.at(-1) ?? {}
        addresses.add(pattern.exec(text)?.[1] ?? `live: ${text}`)
      }
      const [address = ''] = addresses
      assert.deepEqual([...addresses], [address])
      assert.ok(address.includes(file.fileId))
      const found = await fetch(address)
      assert.deepEqual([found.status, await found.text()], [200, 'some bytes'])
      assert.match(found.headers.get('content-disposition') ?? '', /^attachment/)
      assert.equal((await fetch(`${address}x`)).status, 404)
      await world.server.chat.messages.delete(message.senderId, message.messageId)
      assert.equal((await fetch(address)).status, 404)
    })
  })
}
