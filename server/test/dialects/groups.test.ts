import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { isoMicros } from '../../src/lib/clock.ts'
import {
  CLIENT_KINDS,
  GroupsClient,
  type Happening,
  ID,
  type SentMessage,
  TIME,
  uniqueName,
} from '../support/groups.ts'
import { register } from '../support/rooms.ts'
import { startParlance, type Target, target } from '../support/server.ts'
import { until } from '../support/until.ts'

let server: Target
let url: string
before(async () => {
  server = await target()
  url = server.url
})
after(() => {
  GroupsClient.endAll()
  return server.close()
})

const guest = (hint: string) => GroupsClient.guest(url, hint)
const connect = () => GroupsClient.connect(url)

const refused = (why: string): Happening[] => [['user_not_authorized', { Error: why }]]
const malformed = (why: string): Happening[] => [['invalid_request', { Error: why }]]
const NAME_NOT_FOUND: Happening[] = [['name_not_found', { Error: 'User could not be found.' }]]
const GROUP_NOT_FOUND = { Error: 'Group that user selects can not be found.' }

/** What the answers say, with the payload of the only one. */
function only<T>(answers: readonly Happening[], event: string): T {
  assert.deepEqual(
    answers.map(([name]) => name),
    [event],
  )
  return answers[0]?.[1] as T
}

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
})

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

describe('enter_group', () => {
  test('answers with the history, unread and read, and enters', async () => {
    const [ann, ben] = await Promise.all([guest('ann'), guest('ben')])
    const [group_name, elsewhere] = [await ann.create(), await ben.create()]
    await ben.visit(group_name)
    await ann.send(group_name, 'one')
    await ben.visit(elsewhere)
    const two = await ann.send(group_name, 'two')
    await ann.send(group_name, 'three')
    const [unread, read] = only<[SentMessage[], SentMessage[]]>(
      await ben.ask('enter_group', { group_name }),
      'enter_group',
    )
    assert.deepEqual(
      [unread, read].map((part) => part.map(({ text }) => text)),
      [['two', 'three'], ['one']],
    )
    assert.deepEqual(unread[0], two)
    assert.match(two._id, ID)
    assert.match(two.timestamp, TIME)
    assert.deepEqual(await ben.enter(group_name), [[], ['one', 'two', 'three']])
    await ann.send(group_name, 'four')
    await until('the live message', () => ben.client.texts.includes('four'))
    const { current_group } = only<{ current_group: unknown }>(await ben.ask('find_user'), 'user_found')
    assert.equal(current_group, group_name)
  })

  test('has the newest hundred', async () => {
    const ann = await guest('ann')
    const group_name = await ann.create()
    const texts = Array.from({ length: 103 }, (_, i) => `message ${i}`)
    for (const text of texts)
      ann.client.socket.emit('send_message', { username: ann.username, group_name, text })
    await ann.client.settled()
    assert.deepEqual(await ann.enter(group_name), [texts.slice(3), []])
    assert.deepEqual(await ann.enter(group_name), [[], texts.slice(3)])
  })

  test('history and live messages follow one another without a hole or a repeat', async () => {
    const [ann, ben] = await Promise.all([guest('ann'), guest('ben')])
    const group_name = await ann.create()
    only(await ben.ask('join_group', { group_name }), 'join_success')
    const texts = Array.from({ length: 60 }, (_, i) => `message ${i}`)
    for (const text of texts)
      ann.client.socket.emit('send_message', { username: ann.username, group_name, text })
    for (let i = 0; i < 5; i++) {
      const from = ben.client.log.length
      const [unread, read] = await ben.enter(group_name)
      const before = [...read, ...unread]
      await until('the last message', () =>
        [...before, ...textsFrom(ben.client, from)].includes('message 59'),
      )
      assert.deepEqual([...before, ...textsFrom(ben.client, from)], texts)
      if (i === 0) await ben.visit(await ben.create())
    }
  })

  test('only a member may', async () => {
    const [ann, ben, client] = await Promise.all([guest('ann'), guest('ben'), connect()])
    const group_name = await ann.create()
    const notJoined: Happening[] = [['group_not_join', null]]
    assert.deepEqual(await ben.ask('enter_group', { group_name }), notJoined)
    assert.deepEqual(await ben.ask('enter_group', { group_name: uniqueName('no') }), notJoined)
    const username = uniqueName('nobody')
    assert.deepEqual(await client.ask('enter_group', { username, group_name }), notJoined)
  })

  /** After the answer, what came live. */
  function textsFrom(client: GroupsClient, from: number): string[] {
    const answer = client.log.findIndex(([event], i) => i >= from && event === 'enter_group')
    return client.log
      .slice(answer)
      .flatMap(([event, payload]) => (event === 'message_sent' ? [(payload as SentMessage).text] : []))
  }
})

describe('send_message', () => {
  test('reaches every socket in the group and the sender, once each', async () => {
    const [ann, ben, cat] = await Promise.all([guest('ann'), guest('ben'), guest('cat')])
    const group_name = await ann.create()
    const second = await ben.again(url)
    await ben.visit(group_name)
    only(await second.ask('enter_group', { group_name }), 'enter_group')
    only(await cat.ask('join_group', { group_name }), 'join_success')
    const outside = await ann.send(group_name, 'from outside')
    assert.deepEqual(outside, {
      _id: outside._id,
      group_name,
      username: ann.username,
      text: 'from outside',
      timestamp: outside.timestamp,
    })
    assert.match(outside._id, ID)
    assert.match(outside.timestamp, TIME)
    await ben.send(group_name, 'from inside')
    for (const { client } of [ben, second]) {
      await until('both', () => client.texts.length === 2)
      await client.settled()
      assert.deepEqual(client.texts, ['from outside', 'from inside'])
      assert.deepEqual(client.messages[0], outside)
    }
    for (const [{ client }, texts] of [
      [ann, ['from outside']],
      [cat, []],
    ] as const) {
      await client.settled()
      assert.deepEqual(client.texts, texts)
    }
  })

  test('makes the sender a member of an open group', async () => {
    const [ann, ben] = await Promise.all([guest('ann'), guest('ben')])
    const group_name = await ann.create()
    await ben.send(group_name, 'hello')
    const { group_list } = only<{ group_list: string[] }>(await ben.ask('find_user'), 'user_found')
    assert.deepEqual(group_list, [group_name])
  })

  test('knows neither an unknown user nor an unknown group', async () => {
    const [ann, client] = await Promise.all([guest('ann'), connect()])
    assert.deepEqual(await ann.ask('send_message', { group_name: uniqueName('no'), text: 'x' }), [
      ['group_not_found', GROUP_NOT_FOUND],
    ])
    const username = uniqueName('nobody')
    assert.deepEqual(
      await client.ask('send_message', { username, group_name: 'x', text: 'x' }),
      NAME_NOT_FOUND,
    )
  })

  test('refuses what is not a message', async () => {
    const ann = await guest('ann')
    const group_name = await ann.create()
    for (const [text, why] of [
      [undefined, 'text must be a non-empty string.'],
      ['', 'text must be a non-empty string.'],
      [7, 'text must be a string.'],
      [['x'], 'text must be a string.'],
      ['a\0b', 'text has characters that are not text.'],
      ['a\ud800b', 'text has characters that are not text.'],
    ] as const) {
      assert.deepEqual(await ann.ask('send_message', { group_name, text }), malformed(why))
    }
    const tooLong = await ann.ask('send_message', { group_name, text: 'x'.repeat(100_000) })
    assert.match(
      only<{ Error: string }>(tooLong, 'invalid_request').Error,
      /^text must have at most \d+ bytes\.$/,
    )
    assert.deepEqual(await ann.enter(group_name), [[], []])
  })
})

describe('whoever sent it', () => {
  test('a room is a group named by its gid, with one history and one stream', async () => {
    const [ann, ben] = await Promise.all([register(url, 'ann'), guest('ben')])
    const gid = await ann.createRoom()
    await ben.visit(gid)
    await ann.send(gid, 'from the room')
    await until('the message', () => ben.client.messages.length === 1)
    const [message] = ben.client.messages
    assert.equal(message?.group_name, gid)
    assert.equal(message?.username, ann.login)
    await ben.send(gid, 'from the group')
    const history = await ann.history(gid)
    assert.deepEqual(
      history.map(({ msg }) => msg.txt),
      ['from the room', 'from the group'],
    )
    assert.deepEqual(
      history.map(({ msg }) => msg.msgId.toString(16).padStart(24, '0')),
      ben.client.messages.map(({ _id }) => _id),
    )
    const { group_list } = only<{ group_list: string[] }>(await ben.ask('find_user'), 'user_found')
    assert.deepEqual(group_list, [gid])
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

if (!process.env.TARGET) {
  describe('a server of our own', () => {
    test('a private conversation is addressed by its gid, by its two people only', async () => {
      const { chat } = server.own ?? assert.fail()
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

    test('who was brought into a conversation has not read it when it was created, its creator has', async () => {
      const { chat } = server.own ?? assert.fail()
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

    test("a native token binds its own account's name only", async () => {
      const { chat } = server.own ?? assert.fail()
      const [ann, ben] = await Promise.all([register(url, 'ann'), register(url, 'ben')])
      const account = await chat.accounts.findByUsername(ann.login)
      assert.ok(account)
      const token = await chat.sessions.open(account.accountId, 'native')
      const rooms = await chat.sessions.open(account.accountId, 'rooms')
      const client = await connect()
      for (const request of [
        { username: ben.login, token },
        { username: ann.login, token: rooms },
      ]) {
        assert.deepEqual(await client.ask('find_user', request), refused('Password required.'))
      }
      only(await client.ask('find_user', { username: ann.login, token }), 'user_found')
    })

    test('who is logged out everywhere is told and sent away', async () => {
      const { chat } = server.own ?? assert.fail()
      const ann = await guest('ann')
      const account = await chat.accounts.findByUsername(ann.username)
      assert.ok(account)
      assert.equal(await chat.presence.isOnline(account.accountId), true)
      await chat.accounts.revokeCredentials(account.accountId)
      await until('the end', () => ann.client.isDisconnected)
      assert.deepEqual(ann.client.log.slice(1), [
        ['user_not_authorized', { Error: 'Logged out.' }],
        ['disconnect'],
      ])
      await until('the absence', async () => !(await chat.presence.isOnline(account.accountId)))
    })

    test('a disabled name is not to be had', async () => {
      const { chat } = server.own ?? assert.fail()
      const ann = await guest('ann')
      const account = await chat.accounts.findByUsername(ann.username)
      assert.ok(account)
      await chat.accounts.disable(account.accountId)
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
}
