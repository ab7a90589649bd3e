import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { WebSocket } from 'ws'
import { Fields, MalformedRequest, parseArgument, requireEchoable } from '../../src/dialects/groups/wire.ts'
import { LIMITS } from '../../src/transport/index.ts'
import { GroupsClient, type Happening, uniqueName } from '../support/groups.ts'
import { register } from '../support/rooms.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

let server: TestServer
let url: string
before(async () => {
  server = await startParlance()
  url = server.url
})
after(() => {
  GroupsClient.endAll()
  return server.close()
})

const EVENTS = [
  ...['find_user', 'create_group', 'join_group', 'leave_group', 'visit_group', 'enter_group', 'send_message'],
]
const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', '\0', '\ud800', '$ne']

const awkward = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(...NAMES),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(2 ** 53, -1, 1e308, { $ne: null }, { $gt: '' }, [[]], { toString: 'x' }),
)
const request = fc.oneof(
  awkward,
  fc.string().map((text) => text as unknown),
  fc.record(
    { username: awkward, group_name: awkward, text: awkward, password: awkward, token: awkward },
    { requiredKeys: [] },
  ),
  fc.dictionary(fc.constantFrom('username', ...NAMES), awkward),
)
const sent = fc.oneof(
  request,
  request.map((value) => JSON.stringify(value)),
)

const DEEP = '['.repeat(30_000) + ']'.repeat(30_000)

/** Connected to the namespace, and free to send what no client would. */
async function rawSocket(eio: 3 | 4): Promise<{ ws: WebSocket; heard: string[] }> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=${eio}&transport=websocket`)
  const heard: string[] = []
  ws.on('message', (data) => heard.push(data.toString()))
  await once(ws, 'open')
  if (eio === 4) ws.send('40')
  await until('the namespace', () => heard.some((packet) => packet.startsWith('40')))
  return { ws, heard }
}

describe('the parser', () => {
  test('answers fields or a malformed request, whatever comes', () => {
    fc.assert(
      fc.property(sent, fc.constantFrom('username', 'text', ...NAMES), (argument, name) => {
        try {
          const value = parseArgument(argument).text(name)
          assert.ok(value.length > 0 && value.isWellFormed() && !value.includes('\0'))
        } catch (error) {
          assert.ok(error instanceof MalformedRequest, String(error))
        }
      }),
      { numRuns: 1200 },
    )
  })

  test('finds no field on the prototype', () => {
    const inherited = JSON.parse('{"__proto__": {"username": "ann"}}') as object
    for (const fields of [new Fields(inherited), new Fields(Object.create({ username: 'ann' }))]) {
      assert.equal(fields.optionalText('username'), undefined)
      assert.equal(fields.optionalText('constructor'), undefined)
    }
  })

  test('stops at a depth that could not be sent back', () => {
    assert.throws(() => requireEchoable(JSON.parse(DEEP)), MalformedRequest)
  })
})

describe('any request', () => {
  test('is answered in the words of the dialect, and the connection lives', async () => {
    const ann = await GroupsClient.guest(url, 'ann')
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...EVENTS, ...NAMES), sent, async (event, argument) => {
        const answers = await ann.client.ask(event, argument)
        assert.ok(answers.length >= 1, `${event} ${JSON.stringify(argument)}`)
        for (const [name] of answers) {
          assert.match(name, /^(invalid_request|user_not_authorized|user_found)$/)
        }
      }),
      { numRuns: 120 },
    )
    assert.equal(ann.client.isDisconnected, false)
  })

  test('with a name of its own and anything else is, too', async () => {
    const ann = await GroupsClient.guest(url, 'ann')
    const fields = fc.record({ group_name: awkward, text: awkward }, { requiredKeys: [] })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...EVENTS), fields, async (event, rest) => {
        const answers = await ann.ask(event, rest)
        assert.ok(answers.length >= 1, `${event} ${JSON.stringify(rest)}`)
      }),
      { numRuns: 120 },
    )
    assert.equal(ann.client.isDisconnected, false)
  })

  test('may be deep, long or binary', async () => {
    const ann = await GroupsClient.guest(url, 'ann')
    const deep = '['.repeat(20_000) + ']'.repeat(20_000)
    const lessDeep: unknown = JSON.parse('['.repeat(500) + ']'.repeat(500))
    for (const argument of [
      ...[deep, lessDeep, { username: lessDeep }, 'x'.repeat(60_000), Buffer.alloc(1000)],
      ...[
        { username: Buffer.from(ann.username), group_name: 'x' },
        [Buffer.alloc(1), { a: Buffer.alloc(1) }],
      ],
      { username: 'x'.repeat(60_000), group_name: 'x' },
    ]) {
      for (const event of ['pingg', 'find_user', 'join_group', 'send_message', 'nothing']) {
        const [[name] = []] = await ann.client.ask(event, argument)
        assert.match(name ?? '', /^(invalid_request|user_not_authorized|pongg)$/)
      }
    }
    assert.equal(ann.client.isDisconnected, false)
  })

  test('may have more arguments than one, or none', async () => {
    const ann = await GroupsClient.guest(url, 'ann')
    const { username } = ann
    const [[found] = []] = await ann.client.ask('find_user', { username }, { username: 'other' }, 7)
    assert.equal(found, 'user_found')
    for (const event of EVENTS) assert.equal((await ann.client.ask(event))[0]?.[0], 'invalid_request')
  })
})

test('an argument deeper than any client could send is refused', async () => {
  const { ws, heard } = await rawSocket(4)
  ws.send(`42["pingg",${DEEP}]`)
  ws.send(`42["find_user",${DEEP}]`)
  await until('both answers', () => heard.filter((packet) => packet.startsWith('42')).length === 2)
  assert.deepEqual(
    heard.filter((packet) => packet.startsWith('42')),
    [
      '42["invalid_request",{"Error":"The request is nested too deeply."}]',
      '42["invalid_request",{"Error":"The request must be a JSON object."}]',
    ],
  )
  ws.close()
})

test('packets that are none close their own connection at most', async () => {
  const bystander = await GroupsClient.guest(url, 'bystander')
  const packet = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '42',
      '42[',
      '42[]',
      '42{}',
      '42["disconnect"]',
      '42[null]',
      '42[1]',
      '42[{}]',
      '4',
      '5',
      '9',
    ),
    fc.constantFrom(
      '451-["find_user",{"_placeholder":true,"num":0}]',
      '451-["a"',
      '4999999-["a"]',
      '41',
      '43',
      '44',
    ),
    fc.tuple(fc.constantFrom('42', '420', '43', '40'), fc.json()).map(([head, json]) => head + json),
  )
  for (const eio of [3, 4] as const) {
    await fc.assert(
      fc.asyncProperty(fc.array(packet, { minLength: 1, maxLength: 5 }), async (packets) => {
        const { ws } = await rawSocket(eio)
        for (const each of packets) ws.send(each)
        ws.close()
        await until('the end', () => ws.readyState === ws.CLOSED)
      }),
      { numRuns: 60 },
    )
  }
  const { ws } = await rawSocket(4)
  ws.send(`451-["pingg",${DEEP},{"_placeholder":true,"num":0}]`)
  ws.send(Buffer.from('the attachment'))
  await until('the end', () => ws.readyState === ws.CLOSED)
  const [[event] = []] = await bystander.ask('find_user')
  assert.equal(event, 'user_found')
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

  test('who leaves in the middle of a request leaves nothing behind', async () => {
    const ann = await GroupsClient.guest(url, 'ann')
    const group_name = await ann.create()
    const username = uniqueName('gone')
    for (let i = 0; i < 20; i++) {
      const client = await GroupsClient.connect(url)
      client.socket.emit('find_user', { username })
      client.socket.emit('visit_group', { username, group_name })
      client.socket.emit('enter_group', { username, group_name })
      if (i % 2) await client.settled()
      client.end()
    }
    await until('nobody to be there', async () => {
      const account = await server.chat.accounts.findByUsername(username)
      return account && !(await server.chat.presence.isOnline(account.accountId))
    })
  })
})

describe('with limits', () => {
  let limited: TestServer
  before(async () => {
    limited = await startParlance({ PARLANCE_RATE_LIMITS: 'on' })
  })
  after(() => limited.close())

  const isLimited = ([event]: Happening): boolean => event === 'rate_limited'

  test('passwords cannot be tried on and on', async () => {
    const { login: username, password } = await register(limited.url, 'victim')
    const client = await GroupsClient.connect(limited.url)
    for (let i = 0; i < 21; i++) client.socket.emit('find_user', { username, password: `guess ${i}` })
    const answers = await client.ask('find_user', { username: username.toUpperCase(), password })
    assert.ok(answers.some(isLimited))
    assert.deepEqual(
      answers.filter(([event]) => event === 'user_found'),
      [],
    )
  })

  test('gids cannot be tried on and on, not even by creating groups of that name', async () => {
    const gid = await (await register(limited.url, 'ann')).createRoom()
    const guest = await GroupsClient.guest(limited.url, 'guesser')
    const { username } = guest
    for (let i = 0; i < 110; i++) guest.client.socket.emit('create_group', { username, group_name: gid })
    assert.ok((await guest.ask('create_group', { group_name: gid })).some(isLimited))
    assert.ok((await guest.ask('join_group', { group_name: gid })).some(isLimited))
    assert.ok((await guest.ask('send_message', { group_name: gid, text: 'x' })).some(isLimited))
  })

  test('names cannot be taken on and on', async () => {
    const clients = await Promise.all(
      Array.from({ length: LIMITS.register.burst + 40 }, () => GroupsClient.connect(limited.url)),
    )
    const answers = await Promise.all(
      clients.map((client) => client.ask('find_user', { username: uniqueName('sock') })),
    )
    assert.ok(answers.flat().some(isLimited))
    for (const client of clients) client.end()
  })
})
