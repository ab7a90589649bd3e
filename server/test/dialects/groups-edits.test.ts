import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Account, toMessageId } from '../../src/core/chat.ts'
import { present } from '../store/world.ts'
import { CLIENT_KINDS, GroupsClient, type Happening, type SentMessage } from '../support/groups.ts'
import { describeOwn, ownOf } from '../support/own.ts'
import { until } from '../support/until.ts'
import { openWorld } from './groups-world.ts'

// Programs that embed the server edit and delete. Clients that know the events hear them; others must not stumble.

const { server, url } = await openWorld()

const messageIdOf = ({ _id }: SentMessage) => toMessageId(Number.parseInt(_id, 16))

async function edit(author: Account, message: SentMessage, body: string): Promise<void> {
  const { conversations, messages } = ownOf(server).chat
  const { conversationId } = present(await conversations.findByGidOrName(message.group_name))
  const { seq } = present(await messages.find(conversationId, messageIdOf(message)))
  const standing = present(await conversations.standing(author.accountId, conversationId))
  await messages.edit(author, standing, { seq, body })
}

describeOwn('an edit and a deletion', () => {
  for (const kind of CLIENT_KINDS)
    test(`are told live, and trouble no client that does not know them: ${kind}`, async () => {
      const { chat } = ownOf(server)
      const [ann, ben] = [
        await GroupsClient.guest(url, 'ann', kind),
        await GroupsClient.guest(url, 'ben', kind),
      ]
      const group = await ann.create()
      await ann.visit(group)
      await ben.visit(group)
      const taught: Happening[] = []
      for (const event of ['message_edited', 'message_deleted'])
        ben.client.socket.on(event, (payload: unknown) => taught.push([event, payload]))
      const joined = ben.client.log.length
      const [first, second] = [await ann.send(group, 'first'), await ann.send(group, 'second')]
      const author = present(await chat.accounts.findByUsername(ann.username))
      await edit(author, first, 'first, edited')
      await chat.messages.delete(author.accountId, messageIdOf(second))
      const third = await ann.send(group, 'third')
      await until('all', () => taught.length === 2 && ben.client.messages.length === 3)
      const [edited, deleted] = taught
      assert.deepEqual(edited, ['message_edited', { ...first, text: 'first, edited' }])
      const group_id = present(await chat.conversations.findByGidOrName(group)).conversationId
      assert.deepEqual(deleted, [
        'message_deleted',
        { _id: second._id, group_id: group_id.toString(16).padStart(24, '0') },
      ])
      // Neither client was told of anything else, or lost its connection.
      assert.deepEqual(ben.client.log.slice(joined), [
        ['message_sent', first],
        ['message_sent', second],
        ['message_sent', third],
      ])
      assert.deepEqual(ann.client.messages, [first, second, third])
      assert.ok(!ann.client.isDisconnected)
      assert.deepEqual((await ann.enter(group)).flat().sort(), ['first, edited', 'third'])
      for (const { client } of [ann, ben]) client.end()
    })
})
