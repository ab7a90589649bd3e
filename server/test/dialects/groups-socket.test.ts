import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CLIENT_KINDS, GroupsClient, ID, uniqueName } from '../support/groups.ts'
import { register } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import { malformed, only, openWorld, refused } from './groups-world.ts'

const { url, guest, connect } = await openWorld()

for (const kind of CLIENT_KINDS) {
  describe(kind, () => {
    test('two people find a group and talk', async () => {
      const ann = await GroupsClient.guest(url, 'ann', kind)
      const ben = await GroupsClient.guest(url, 'ben', kind)
      const group = await ann.create()
      await ann.visit(group)
      await ben.visit(group)
      const first = await ann.send(group, 'héllo 👋')
      const second = await ben.send(group, 'hi')
      for (const { client } of [ann, ben]) {
        await until('both messages', () => client.messages.length === 2)
        assert.deepEqual(client.messages, [first, second])
      }
      ann.client.end()
      ben.client.end()
    })

    test('an argument is a JSON string or an object', async () => {
      const client = await GroupsClient.connect(url, kind)
      const username = uniqueName('string')
      const created = only<object>(
        await client.ask('find_user', JSON.stringify({ username })),
        'user_created',
      )
      assert.deepEqual(only(await client.ask('find_user', { username }), 'user_found'), created)
      client.end()
    })

    test('an acknowledgement is called empty, whatever the answer', async () => {
      const client = await GroupsClient.connect(url, kind)
      const acknowledged: unknown[][] = []
      for (const [event, argument] of [
        ['pingg', 'x'],
        ['find_user', 'not JSON'],
        ['join_group', { username: uniqueName('nobody'), group_name: 'x' }],
        ['no_such_event', {}],
      ] as const) {
        client.socket.emit(event, argument, (...args: unknown[]) => acknowledged.push(args))
      }
      await until('all acknowledgements', () => acknowledged.length === 4)
      assert.deepEqual(acknowledged, [[], [], [], []])
      client.end()
    })

    test('a flood right after connecting is answered in order', async () => {
      const ann = await GroupsClient.guest(url, 'ann', kind)
      const group = await ann.create()
      await ann.visit(group)
      const texts = Array.from({ length: 300 }, (_, i) => `message ${i}`)
      for (const text of texts) {
        ann.client.socket.emit('send_message', { username: ann.username, group_name: group, text })
      }
      await until('all messages', () => ann.client.messages.length === texts.length, 15_000)
      assert.deepEqual(ann.client.texts, texts)
      const ids = ann.client.messages.map(({ _id }) => _id)
      assert.deepEqual(ids, [...new Set(ids)].sort())
      ann.client.end()
    })
  })
}

describe('pingg', () => {
  test('is echoed to the asking socket only', async () => {
    const [asker, other] = await Promise.all([connect(), connect()])
    for (const message of ['hello', '{"a":1}', { a: [1, null, { b: 'c' }] }, [], 7, false, null]) {
      assert.deepEqual(await asker.ask('pingg', message), [['pongg', { message }]])
    }
    assert.deepEqual(await asker.ask('pingg'), [['pongg', { message: null }]])
    await other.settled()
    assert.deepEqual(other.log, [])
  })

  test('sends nothing back that JSON does not carry', async () => {
    const client = await connect()
    assert.deepEqual(await client.ask('pingg', Buffer.from('x')), malformed('Binary data is not supported.'))
  })
})

describe('find_user', () => {
  test('an unknown name becomes a guest', async () => {
    const client = await connect()
    const username = uniqueName('new')
    const payload = only<{ _id: string }>(await client.ask('find_user', { username }), 'user_created')
    assert.match(payload._id, ID)
    assert.deepEqual(payload, { _id: payload._id, username, current_group: null, group_list: [] })
  })

  test('a known name is found, in any case, with its groups and the current one', async () => {
    const ann = await guest('ann')
    const [first, second] = [await ann.create(), await ann.create()]
    await ann.visit(second)
    const expected = {
      _id: ann.id,
      username: ann.username,
      current_group: second,
      group_list: [first, second],
    }
    assert.deepEqual(only(await ann.ask('find_user'), 'user_found'), expected)
    const client = await connect()
    const username = ann.username.toUpperCase()
    assert.deepEqual(only(await client.ask('find_user', { username }), 'user_found'), expected)
  })

  test('two who take the same new name at once are one guest', async () => {
    const username = uniqueName('twin')
    const clients = await Promise.all(Array.from({ length: 5 }, connect))
    const answers = await Promise.all(clients.map((client) => client.ask('find_user', { username })))
    const events = answers.flat().map(([event]) => event)
    assert.deepEqual(events.sort(), ['user_created', ...Array(4).fill('user_found')])
    assert.equal(new Set(answers.flat().map(([, payload]) => (payload as { _id: string })._id)).size, 1)
  })

  test('a name with a password binds with the password only', async () => {
    const { login: username, password } = await register(url, 'ann')
    const client = await connect()
    assert.deepEqual(await client.ask('find_user', { username }), refused('Password required.'))
    assert.deepEqual(
      await client.ask('find_user', { username, password: 'wrong' }),
      refused('Password required.'),
    )
    assert.deepEqual(
      await client.ask('find_user', { username, token: 'wrong' }),
      refused('Password required.'),
    )
    only(await client.ask('find_user', { username, password }), 'user_found')
    only(await client.ask('find_user', { username }), 'user_found')
    assert.deepEqual(
      await client.ask('find_user', { username, password: 'wrong' }),
      refused('Password required.'),
    )
  })

  test('a name that cannot be one is refused', async () => {
    const client = await connect()
    for (const [username, why] of [
      [undefined, 'username must be a non-empty string.'],
      [null, 'username must be a non-empty string.'],
      ['', 'username must be a non-empty string.'],
      ['   ', 'username must not be blank.'],
      [7, 'username must be a string.'],
      [{ $ne: null }, 'username must be a string.'],
      ['a\0b', 'username has characters that are not text.'],
      ['x'.repeat(65), 'username must have at most 64 characters.'],
    ] as const) {
      assert.deepEqual(await client.ask('find_user', { username }), malformed(why))
    }
  })

  test('a name is as long as its letters, also when their accents are typed apart', async () => {
    const client = await connect()
    const username = uniqueName('zoe\u0308').padEnd(64 + 1, 'e\u0301'.repeat(64))
    assert.ok([...username].length > 64 && [...username.normalize('NFC')].length <= 64)
    const [[event] = []] = await client.ask('find_user', { username })
    assert.equal(event, 'user_created')
  })
})

describe('any request', () => {
  test('that is malformed gets invalid_request, and the connection lives', async () => {
    const client = await connect()
    for (const event of ['find_user', 'create_group', 'join_group', 'leave_group', 'visit_group']) {
      for (const [argument, why] of [
        ['{', 'The request is not valid JSON.'],
        ['', 'The request is not valid JSON.'],
        ['[]', 'The request must be a JSON object.'],
        ['null', 'The request must be a JSON object.'],
        [[], 'The request must be a JSON object.'],
        [7, 'The request must be a JSON object.'],
        [null, 'The request must be a JSON object.'],
        [undefined, 'The request must be a JSON object.'],
      ] as const) {
        assert.deepEqual(await client.ask(event, argument), malformed(why))
      }
    }
    const username = uniqueName('alive')
    only(await client.ask('find_user', { username }), 'user_created')
  })

  test('that no dialect knows gets invalid_request', async () => {
    const client = await connect()
    assert.deepEqual(await client.ask('no_such_event', {}), malformed('Unknown event: no_such_event'))
    assert.deepEqual(await client.ask('__proto__', {}), malformed('Unknown event: __proto__'))
    assert.deepEqual(await client.ask('x'.repeat(100)), malformed(`Unknown event: ${'x'.repeat(64)}`))
  })

  test('binds a socket to an existing name, by the same rule', async () => {
    const { login: username, password } = await register(url, 'ann')
    const [ben, client] = await Promise.all([guest('ben'), connect()])
    const group_name = await ben.create()
    assert.deepEqual(await client.ask('join_group', { username, group_name }), refused('Password required.'))
    only(await client.ask('join_group', { username, group_name, password }), 'join_success')
    only(await client.ask('visit_group', { username, group_name }), 'user_visited')
    const other = await connect()
    only(await other.ask('visit_group', { username: ben.username, group_name }), 'user_visited')
    assert.deepEqual(
      await other.ask('send_message', { username, group_name, text: 'x' }),
      refused('Not your username.'),
    )
  })

  test('in another name than the bound one is refused', async () => {
    const [ann, ben] = await Promise.all([guest('ann'), guest('ben')])
    const group_name = await ann.create()
    for (const event of ['find_user', 'create_group', 'join_group', 'leave_group', 'visit_group']) {
      const request = { username: ann.username, group_name, text: 'x' }
      assert.deepEqual(await ben.client.ask(event, request), refused('Not your username.'))
    }
    for (const event of ['enter_group', 'send_message']) {
      const request = { username: uniqueName('nobody'), group_name, text: 'x' }
      assert.deepEqual(await ben.client.ask(event, request), refused('Not your username.'))
    }
  })
})
