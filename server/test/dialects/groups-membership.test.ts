import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Happening, ID, TIME, uniqueName } from '../support/groups.ts'
import { register } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import { GROUP_NOT_FOUND, malformed, NAME_NOT_FOUND, only, openWorld } from './groups-world.ts'

const { url, guest, connect } = await openWorld()

describe('create_group', () => {
  test('makes the creator a member, who does not enter yet', async () => {
    const ann = await guest('ann')
    const group_name = uniqueName('group')
    const payload = only<{ _id: string; user: { last_read: string }[] }>(
      await ann.ask('create_group', { group_name }),
      'group_created',
    )
    assert.match(payload._id, ID)
    const [{ last_read = '' } = {}] = payload.user
    assert.match(last_read, TIME)
    assert.deepEqual(payload, {
      _id: payload._id,
      group_name,
      user: [{ name_ID: ann.username, last_read }],
    })
    const { current_group, group_list } = only<{ current_group: unknown; group_list: unknown }>(
      await ann.ask('find_user'),
      'user_found',
    )
    assert.deepEqual({ current_group, group_list }, { current_group: null, group_list: [group_name] })
    const ben = await guest('ben')
    await ben.send(group_name, 'anyone?')
    await ann.client.settled()
    assert.deepEqual(ann.client.messages, [])
  })

  test('refuses a name that is taken, in any case, or is a gid', async () => {
    const ann = await guest('ann')
    const gid = await (await register(url, 'ben')).createRoom()
    const group_name = await ann.create('Group')
    for (const taken of [group_name, group_name.toUpperCase(), gid]) {
      assert.deepEqual(await ann.ask('create_group', { group_name: taken }), [
        ['group_already_created', { Error: 'Group has already been created.' }],
      ])
    }
  })

  test('does not know an unknown user, and makes none', async () => {
    const client = await connect()
    const request = { username: uniqueName('nobody'), group_name: uniqueName('group') }
    assert.deepEqual(await client.ask('create_group', request), NAME_NOT_FOUND)
    assert.deepEqual(await client.ask('create_group', request), NAME_NOT_FOUND)
  })

  test('refuses a name that cannot be one', async () => {
    const ann = await guest('ann')
    assert.deepEqual(await ann.ask('create_group'), malformed('group_name must be a non-empty string.'))
    assert.deepEqual(
      await ann.ask('create_group', { group_name: '\t' }),
      malformed('group_name must not be blank.'),
    )
    assert.deepEqual(
      await ann.ask('create_group', { group_name: '👋'.repeat(129) }),
      malformed('group_name must have at most 128 characters.'),
    )
  })
})

describe('join_group', () => {
  test('makes a member, once and for all, who does not enter', async () => {
    const [ann, ben] = await Promise.all([guest('ann'), guest('ben')])
    const group_name = await ann.create()
    const joined = only<{ group_id: string }>(await ben.ask('join_group', { group_name }), 'join_success')
    assert.match(joined.group_id, ID)
    assert.deepEqual(joined, { group_id: joined.group_id, group_name })
    assert.deepEqual(only(await ben.ask('join_group', { group_name }), 'join_success'), joined)
    const { group_list } = only<{ group_list: string[] }>(await ben.ask('find_user'), 'user_found')
    assert.deepEqual(group_list, [group_name])
    await ann.send(group_name, 'hello')
    await ben.client.settled()
    assert.deepEqual(ben.client.messages, [])
  })

  test('knows neither an unknown user nor an unknown group', async () => {
    const [ann, client] = await Promise.all([guest('ann'), connect()])
    const group_name = await ann.create()
    const username = uniqueName('nobody')
    assert.deepEqual(await client.ask('join_group', { username, group_name }), NAME_NOT_FOUND)
    assert.deepEqual(await ann.ask('join_group', { group_name: uniqueName('no') }), [
      ['join_error', { error: 'Group Not Found!' }],
    ])
  })
})

describe('leave_group', () => {
  test('ends the membership, on every socket, and clears the current group if it was that one', async () => {
    const [ann, ben] = await Promise.all([guest('ann'), guest('ben')])
    const group_name = await ann.create()
    const other = await ben.again(url)
    await ben.visit(group_name)
    await other.visit(group_name)
    const left = only<{ group_id: string }>(await ben.ask('leave_group', { group_name }), 'leave_success')
    assert.match(left.group_id, ID)
    assert.deepEqual(left, { group_id: left.group_id, group_name })
    await ann.send(group_name, 'still there?')
    for (const { client } of [ben, other]) {
      await client.settled()
      assert.deepEqual(client.messages, [])
    }
    const { current_group, group_list } = only<{ current_group: unknown; group_list: unknown }>(
      await ben.ask('find_user'),
      'user_found',
    )
    assert.deepEqual({ current_group, group_list }, { current_group: null, group_list: [] })
  })

  test('leaves the current group alone if it is another', async () => {
    const ann = await guest('ann')
    const [first, second] = [await ann.create(), await ann.create()]
    await ann.visit(first)
    only(await ann.ask('leave_group', { group_name: second }), 'leave_success')
    const { current_group } = only<{ current_group: unknown }>(await ann.ask('find_user'), 'user_found')
    assert.equal(current_group, first)
  })

  test('says why not', async () => {
    const [ann, ben, client] = await Promise.all([guest('ann'), guest('ben'), connect()])
    const group_name = await ann.create()
    const error = (why: string): Happening[] => [['leave_error', { error: why }]]
    const username = uniqueName('nobody')
    assert.deepEqual(await client.ask('leave_group', { username, group_name }), error('User Not Found!'))
    assert.deepEqual(
      await ben.ask('leave_group', { group_name: uniqueName('no') }),
      error('Group Not Found!'),
    )
    assert.deepEqual(await ben.ask('leave_group', { group_name }), error('User not in group'))
  })
})

describe('visit_group', () => {
  test('enters, and says when the user last read there', async () => {
    const [ann, ben] = await Promise.all([guest('ann'), guest('ben')])
    const [group_name, elsewhere] = [await ann.create(), await ben.create()]
    const payload = only<Record<string, unknown>>(
      await ben.ask('visit_group', { group_name }),
      'user_visited',
    )
    assert.deepEqual(payload, {
      _id: ben.id,
      username: ben.username,
      group_name,
      current_group: group_name,
      last_time_read_in_visiting_group: null,
    })
    const earlier = new Date().toISOString()
    await ben.visit(elsewhere)
    const { last_time_read_in_visiting_group: left } = await ben.visit(group_name)
    assert.match(left ?? '', TIME)
    assert.ok((left ?? '') >= earlier.slice(0, -1), `${left} is the time of leaving, not before ${earlier}`)
  })

  test("the group's creator last read it when it was created", async () => {
    const ann = await guest('ann')
    const group_name = uniqueName('group')
    const { user } = only<{ user: { last_read: string }[] }>(
      await ann.ask('create_group', { group_name }),
      'group_created',
    )
    const { last_time_read_in_visiting_group } = await ann.visit(group_name)
    assert.equal(last_time_read_in_visiting_group, user[0]?.last_read)
  })

  test('leaves the group that the socket was in', async () => {
    const [ann, ben] = await Promise.all([guest('ann'), guest('ben')])
    const [first, second] = [await ann.create(), await ann.create()]
    await ben.visit(first)
    await ben.visit(second)
    await ann.send(first, 'gone')
    await ann.send(second, 'here')
    await until('the message', () => ben.client.texts.length > 0)
    assert.deepEqual(ben.client.texts, ['here'])
  })

  test('the group that the socket is in is not visited again', async () => {
    const ann = await guest('ann')
    const group_name = await ann.create()
    await ann.visit(group_name)
    assert.deepEqual(await ann.ask('visit_group', { group_name }), [
      ['already_in_the_group', { Error: 'User is already in selected chatroom.' }],
    ])
  })

  test('a client that comes back visits its group again; the current group is the one visited last', async () => {
    const ann = await guest('ann')
    const [first, second] = [await ann.create(), await ann.create()]
    await ann.visit(first)
    const other = await ann.again(url)
    await other.visit(first)
    await other.visit(second)
    const { current_group } = only<{ current_group: unknown }>(await ann.ask('find_user'), 'user_found')
    assert.equal(current_group, second)
    await ann.send(first, 'I never left')
    await until('the message', () => ann.client.texts.length > 0)
    ann.client.end()
    const returned = await ann.again(url)
    await returned.visit(second)
  })

  test('an unknown group is reported in both documented spellings', async () => {
    const [ann, client] = await Promise.all([guest('ann'), connect()])
    assert.deepEqual(await ann.ask('visit_group', { group_name: uniqueName('no') }), [
      ['group_not_found', GROUP_NOT_FOUND],
      ['group not found', GROUP_NOT_FOUND],
    ])
    const username = uniqueName('nobody')
    assert.deepEqual(await client.ask('visit_group', { username, group_name: 'x' }), NAME_NOT_FOUND)
  })
})
