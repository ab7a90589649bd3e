import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { GroupsClient, type Happening } from '../support/groups.ts'
import { register } from '../support/rooms.ts'
import { startParlance } from '../support/server.ts'
import { EVENTS } from './groups-events.ts'

const server = await startParlance()
const { url } = server
after(() => {
  GroupsClient.endAll()
  return server.close()
})

describe('an attacker', () => {
  const REFUSED: Happening[] = [['user_not_authorized', { Error: 'Password required.' }]]
  const NOT_YOURS: Happening[] = [['user_not_authorized', { Error: 'Not your username.' }]]

  test('does not speak as someone who has a password', async () => {
    const [victim, client] = [await register(url, 'victim'), await GroupsClient.connect(url)]
    const { login: username, uuid } = victim
    const group_name = await victim.createRoom()
    const publicUuid = await victim.publicUuid()
    for (const proof of [
      {},
      { password: '' },
      { password: 'wrong' },
      { password: uuid },
      { password: publicUuid },
    ]) {
      const events = Object.keys(proof).length === 0 ? EVENTS : ['find_user', 'send_message']
      for (const event of events) {
        assert.deepEqual(await client.ask(event, { username, group_name, text: 'x', ...proof }), REFUSED)
      }
    }
    for (const proof of [{ password: { $ne: null } }, { password: true }]) {
      const [[event] = []] = await client.ask('find_user', { username, ...proof })
      assert.equal(event, 'invalid_request')
    }
    assert.deepEqual(await victim.history(group_name), [])
  })

  test('does not take a name that only looks different', async () => {
    const { login } = await register(url, 'victim')
    const client = await GroupsClient.connect(url)
    const wide = login.replace('victim', 'ｖｉｃｔｉｍ')
    for (const username of [login.toUpperCase(), wide]) {
      assert.deepEqual(await client.ask('find_user', { username }), REFUSED)
    }
  })

  test('does not slip a second name past a binding under way', async () => {
    const [ann, ben] = await Promise.all([GroupsClient.guest(url, 'ann'), GroupsClient.guest(url, 'ben')])
    const group_name = await ann.create()
    const client = await GroupsClient.connect(url)
    client.socket.emit('find_user', { username: ann.username })
    const answers = await client.ask('send_message', { username: ben.username, group_name, text: 'as ben' })
    assert.deepEqual(answers.slice(-1), NOT_YOURS)
    assert.deepEqual(await ann.enter(group_name), [[], []])
  })

  test('is not bound by a refused attempt, and can still say who it is', async () => {
    const { login, password } = await register(url, 'ann')
    const client = await GroupsClient.connect(url)
    assert.deepEqual(await client.ask('find_user', { username: login, password: 'wrong' }), REFUSED)
    const [[event] = []] = await client.ask('find_user', { username: login, password })
    assert.equal(event, 'user_found')
  })

  test('as a guest is in no conversation but open ones', async () => {
    const { chat } = server
    const guest = await GroupsClient.guest(url, 'guest')
    const [ann, ben] = await Promise.all([register(url, 'ann'), register(url, 'ben')])
    const [annsAccount, bensAccount, guestsAccount] = await Promise.all(
      [ann.login, ben.login, guest.username].map((name) => chat.accounts.findByUsername(name)),
    )
    assert.ok(annsAccount && bensAccount && guestsAccount)
    const closed = await chat.conversations.createGroup(
      annsAccount.accountId,
      [bensAccount.accountId],
      'ours',
    )
    const { conversationId, gid } = closed.conversation
    for (const event of ['join_group', 'visit_group', 'enter_group', 'leave_group', 'send_message']) {
      for (const group_name of [gid, 'ours']) {
        const [[answer] = []] = await guest.ask(event, { group_name, text: 'x' })
        assert.match(answer ?? '', /^(join_error|group_not_found|group_not_join|leave_error)$/)
      }
    }
    await assert.rejects(
      chat.conversations.add(annsAccount.accountId, conversationId, guestsAccount.accountId),
    )
    assert.equal((await chat.conversations.members(conversationId)).length, 2)
  })

  test('learns nothing of a private gid that it would not of none', async () => {
    const { chat } = server
    const [ann, ben] = await Promise.all([register(url, 'ann'), register(url, 'ben')])
    const [a, b] = await Promise.all([ann.login, ben.login].map((name) => chat.accounts.findByUsername(name)))
    assert.ok(a && b)
    const { gid } = (await chat.conversations.openPrivate(a.accountId, b.accountId)).conversation
    const guest = await GroupsClient.guest(url, 'guest')
    for (const event of ['join_group', 'visit_group', 'enter_group', 'leave_group', 'send_message']) {
      const [known, unknown] = [
        await guest.ask(event, { group_name: gid, text: 'x' }),
        await guest.ask(event, { group_name: 'zzzzzzzz', text: 'x' }),
      ]
      assert.deepEqual(known, unknown)
    }
  })
})
