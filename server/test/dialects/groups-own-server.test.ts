import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isoMicros } from '../../src/lib/clock.ts'
import { GroupsClient } from '../support/groups.ts'
import { describeOwn, ownOf } from '../support/own.ts'
import { register } from '../support/rooms.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'
import { malformed, NAME_NOT_FOUND, only, openWorld, refused } from './groups-world.ts'

const { server, url, guest, connect } = await openWorld()

describeOwn('a server of our own', () => {
  test('a private conversation is addressed by its gid, by its two people only', async () => {
    const { chat } = ownOf(server)
    const [ann, ben] = await Promise.all([register(url, 'ann'), register(url, 'ben')])
    const [annsAccount, bensAccount] = await Promise.all(
      [ann, ben].map(async ({ login }) => (await chat.accounts.findByUsername(login)) ?? assert.fail()),
    )
    assert.ok(annsAccount && bensAccount)
    const { conversation } = await chat.conversations.openPrivate(
      annsAccount.accountId,
      bensAccount.accountId,
    )
    const { gid: group_name } = conversation
    const [client, stranger] = await Promise.all([connect(), guest('stranger')])
    const { login: username, password } = ann
    only(await client.ask('visit_group', { username, group_name, password }), 'user_visited')
    const standing = await chat.conversations.standing(bensAccount.accountId, conversation.conversationId)
    assert.ok(standing)
    await chat.messages.send(bensAccount, standing, { body: 'psst' })
    await until('the message', () => client.texts.length === 1)
    assert.equal(client.messages[0]?.group_name, group_name)
    assert.deepEqual(await client.ask('leave_group', { username, group_name }), [
      ['leave_error', { error: 'User not in group' }],
    ])
    assert.deepEqual(await stranger.ask('join_group', { group_name }), [
      ['join_error', { error: 'Group Not Found!' }],
    ])
    assert.deepEqual(await stranger.ask('leave_group', { group_name }), [
      ['leave_error', { error: 'Group Not Found!' }],
    ])
    await chat.contacts.block(bensAccount.accountId, annsAccount.accountId)
    assert.deepEqual(
      await client.ask('send_message', { username, group_name, text: 'x' }),
      malformed('This message can not be delivered.'),
    )
  })

  test('a new conversation is read for its creator, and unread for those who were brought into it', async () => {
    const { chat } = ownOf(server)
    const people = await Promise.all([register(url, 'ann'), register(url, 'ben')])
    const ids = await Promise.all(
      people.map(
        async ({ login }) => ((await chat.accounts.findByUsername(login)) ?? assert.fail()).accountId,
      ),
    )
    const [annsId = assert.fail(), bensId = assert.fail()] = ids
    const opened = [
      await chat.conversations.openPrivate(annsId, bensId),
      await chat.conversations.createGroup(annsId, [bensId], 'team'),
    ]
    const [anns, bens] = await Promise.all(
      people.map(async ({ login: username, password }) => {
        const client = await connect()
        only(await client.ask('find_user', { username, password }), 'user_found')
        return (group_name: string) => client.ask('visit_group', { username, group_name })
      }),
    )
    assert.ok(anns && bens)
    for (const { conversation } of opened) {
      const lastRead = async (visit: typeof anns) =>
        only<{ last_time_read_in_visiting_group: string | null }>(
          await visit(conversation.gid),
          'user_visited',
        ).last_time_read_in_visiting_group
      assert.equal(await lastRead(bens), null)
      assert.equal(await lastRead(anns), isoMicros(conversation.createdAt, '+00:00'))
    }
  })

  test('a socket whose account is logged out everywhere is told so and disconnected', async () => {
    const { chat } = ownOf(server)
    const ann = await guest('ann')
    const account = await chat.accounts.findByUsername(ann.username)
    assert.ok(account)
    assert.equal(await chat.presence.isOnline(account.accountId), true)
    await chat.credentials.revoke(account.accountId)
    await until('the end', () => ann.client.isDisconnected)
    assert.deepEqual(ann.client.log.slice(1), [
      ['user_not_authorized', { Error: 'Logged out.' }],
      ['disconnect'],
    ])
    await until('the absence', async () => !(await chat.presence.isOnline(account.accountId)))
  })

  test('a disabled name is not to be had', async () => {
    const { chat } = ownOf(server)
    const ann = await guest('ann')
    const account = await chat.accounts.findByUsername(ann.username)
    assert.ok(account)
    await chat.credentials.disable(account.accountId)
    await until('the end', () => ann.client.isDisconnected)
    const client = await connect()
    const { username } = ann
    assert.deepEqual(await client.ask('find_user', { username }), refused('Password required.'))
  })

  test('guests can be turned off', async (t) => {
    const closed = await startParlance({ GROUPS_GUESTS: 'false' })
    t.after(() => closed.close())
    await closed.chat.accounts.admitGuest('known')
    const client = await GroupsClient.connect(closed.url)
    for (const username of ['known', 'unknown']) {
      assert.deepEqual(await client.ask('find_user', { username }), refused('Guests are turned off.'))
    }
    assert.deepEqual(
      await client.ask('create_group', { username: 'known', group_name: 'x' }),
      refused('Guests are turned off.'),
    )
    assert.deepEqual(
      await client.ask('create_group', { username: 'unknown', group_name: 'x' }),
      NAME_NOT_FOUND,
    )
    const { login: username, password } = await register(closed.url, 'ann')
    only(await client.ask('find_user', { username, password }), 'user_found')
  })

  test('too many requests are answered rate_limited, and the connection lives', async (t) => {
    const limited = await startParlance({ PARLANCE_RATE_LIMITS: 'on' })
    t.after(() => limited.close())
    const ann = await GroupsClient.guest(limited.url, 'ann')
    const own = await ann.create()
    const bob = await GroupsClient.guest(limited.url, 'bob')
    const group_name = await bob.create()
    for (let i = 0; i < 110; i++)
      ann.client.socket.emit('join_group', { username: ann.username, group_name: `no ${i}` })
    const answers = await ann.ask('join_group', { group_name })
    const payload = only<{ retry_after: number }>(answers.slice(-1), 'rate_limited')
    assert.deepEqual(payload, { Error: 'Too many requests.', retry_after: payload.retry_after })
    assert.ok(Number.isSafeInteger(payload.retry_after) && payload.retry_after >= 1)
    assert.equal(ann.client.log.filter(([event]) => event === 'join_error').length, 100)
    only(await ann.ask('find_user'), 'user_found')
    only(await ann.ask('join_group', { group_name: own }), 'join_success')
  })

  test('on a port of its own it is alone', async (t) => {
    const apart = await startParlance({ PARLANCE_PORTS: 'groups:0' })
    t.after(() => apart.close())
    const client = await GroupsClient.connect(`http://127.0.0.1:${apart.dedicatedPorts.get('groups')}`)
    assert.deepEqual(await client.ask('auth', {}), malformed('Unknown event: auth'))
    only(await client.ask('find_user', { username: 'ann' }), 'user_created')
  })
})
