import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toAccountId, toMessageId } from '../../src/core/chat.ts'
import { present } from '../store/world.ts'
import { ask, fieldOf, Heard, openChat, sendMessage, subscribe } from '../support/channels.ts'
import { describeOwn, ownOf } from '../support/own.ts'
import { openWorld } from './channels-world.ts'

// Programs that embed the server edit and delete. Clients that know the events hear them; others must not stumble.

const { server, url, pair, connect } = await openWorld(2)

describeOwn('an edit and a deletion', () => {
  test('are told live on both channels of the pair, and trouble no client that does not know them', async () => {
    const { accounts, conversations, messages } = ownOf(server).chat
    const [ann, bob] = pair()
    const channel = await openChat(url, ann, bob)
    const say = async (text: string) =>
      fieldOf((await sendMessage(url, { from: ann, to: bob, channel }, text)).body, 'id')
    const [taught, plain] = [connect(bob), connect(ann)]
    const subscriptions = await Promise.all([
      subscribe(taught, channel),
      subscribe(taught, channel.replace('private-', 'presence-')),
    ])
    const heard = subscriptions.map((each) => ({
      edited: new Heard(each, 'message-edited'),
      deleted: new Heard(each, 'message-deleted'),
    }))
    const sent = new Heard(await subscribe(plain, channel), 'new_message')
    const errors: unknown[] = []
    plain.connection.bind('error', (error: unknown) => errors.push(error))
    const [first, second] = [await say('first'), await say('second')]
    const author = present(await accounts.find(toAccountId(ann.id)))
    const { conversationId } = present(await conversations.findPrivate(author.accountId, toAccountId(bob.id)))
    const standing = present(await conversations.standing(author.accountId, conversationId))
    const { seq } = present(await messages.find(conversationId, toMessageId(Number(first))))
    await messages.edit(author, standing, { seq, body: 'first, edited' })
    const { body: history } = await ask(url, `/api/get_message/${channel}`, { token: bob.token })
    await messages.delete(author.accountId, toMessageId(Number(second)))
    await say('third')
    for (const { edited, deleted } of heard) {
      assert.deepEqual(await edited.first(1), [present(Array.isArray(history) ? history[0] : undefined)])
      assert.equal(fieldOf(edited.events[0], 'message'), 'first, edited')
      assert.deepEqual(await deleted.first(1), [{ id: second, channel_id: conversationId }])
    }
    const texts = (await sent.first(3)).map((each) => fieldOf(each, 'message'))
    assert.deepEqual(texts, ['first', 'second', 'third'])
    assert.deepEqual([errors, plain.connection.state], [[], 'connected'])
  })
})
