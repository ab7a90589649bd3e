import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { addressReader, HOLDS, LIMITS } from '../../../src/transport/index.ts'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { BareHttp, request } from './bare-http.ts'
import { BareWs, socketIo } from './bare-ws.ts'
import { assertUnharmed, type Fortress, openFortress } from './fortress.ts'
import { PASSWORD, Person } from './person.ts'
import { openTalk } from './talk.ts'

const ON = { PARLANCE_RATE_LIMITS: 'on' }
const JSON_TYPE = { 'Content-Type': 'application/json' }

const BATCH = 500

/** Asks on and on from an address, so that its tokens are gone as soon as they come. Ends with the test. */
async function exhaust(t: TestContext, { port }: Fortress, from: string): Promise<{ stop(): void }> {
  const batch = Buffer.concat(Array(BATCH).fill(request('GET /misc/ping')))
  const clients = [1, 2, 3].map(() => new BareHttp(port, from).write(batch))
  let isRefused = false
  const timer = setInterval(() => {
    for (const client of clients) {
      const { statuses } = client
      if (statuses.length < BATCH) continue
      isRefused ||= statuses.includes(429)
      client.heard = ''
      client.write(batch)
    }
  }, 5)
  const stop = () => {
    clearInterval(timer)
    for (const client of clients) client.end()
  }
  t.after(stop)
  await until('the first refusal', () => isRefused, 10_000)
  return { stop }
}

/** Now and then a token comes in time; none of the refusals is left out for that. `waste` takes tokens first. */
async function refused(
  port: number,
  from: string,
  bytes: Buffer,
  waste: readonly Buffer[] = [],
): Promise<string> {
  return until(`a refusal of ${bytes.toString().split('\r\n')[0]}`, async () => {
    const client = new BareHttp(port, from).write(Buffer.concat([...waste, bytes]))
    const answers = () => client.heard.split('HTTP/1.1 ').slice(1)
    // Who is let in may wait for long: refusals come at once.
    const isAnswered = () => answers().length > waste.length && /\r\n\r\n./s.test(answers().at(-1) ?? '')
    await until('the answers', isAnswered, 1_000).catch(() => undefined)
    client.end()
    const last = isAnswered() ? answers().at(-1) : undefined
    return last?.startsWith('429') ? last : undefined
  })
}

const TOO_MANY: Readonly<Record<string, string>> = {
  'GET /misc/ping': 'too many requests',
  'GET /get-room-history?room_gid=aBcDeFgH':
    '{"ok":false,"error":{"code":429,"message":"Too many requests."}}',
  'GET /user/me': '{"status_code":429,"details":{"message":"Too many requests.","code":"TOO_MANY_REQUESTS"}}',
  'GET /api/users': '{"status":"error","message":"Too many requests"}',
  'GET /socket.io/?EIO=4&transport=polling': 'Too Many Requests',
}

test('an address that asks too much is told so in every dialect, others are not, and it recovers', async (t) => {
  const server = await openFortress(t, ON)
  const { url, port, tcpPort } = server
  const from = '127.0.0.77'
  const { stop } = await exhaust(t, server, from)
  for (const [line, body] of Object.entries(TOO_MANY)) {
    const answer = await refused(port, from, request(line))
    assert.match(answer, /\r\nretry-after: [1-9]\d*\r\n/i, line)
    assert.ok(answer.includes(body), answer)
  }
  const handshakes = ['/ws', '/socket.io/?EIO=4&transport=websocket']
  for (const path of handshakes) {
    await until(`a refused handshake at ${path}`, async () => {
      const ws = new BareWs(url, path, {}, from)
      await until('the head', () => ws.head !== '' || ws.isClosed)
      ws.end()
      return ws.head.startsWith('HTTP/1.1 429') && /retry-after: \d/i.test(ws.head)
    })
  }
  await until('a refused Pusher client', async () => {
    const ws = await new BareWs(url, '/app/test-key?protocol=7', {}, from).opened()
    await until('its welcome', () => ws.texts.length > 0)
    ws.end()
    return ws.texts[0]?.includes('4100')
  })
  await until('a refused raw client', async () => {
    const socket = connect({ port: tcpPort, host: '127.0.0.1', localAddress: from })
    socket.on('error', () => undefined)
    // Half a pass: who is let in is not closed for five seconds.
    socket.resume().write('{')
    const startedAt = performance.now()
    await until('the end', () => socket.destroyed || performance.now() - startedAt > 300)
    const isRefused = socket.destroyed
    socket.destroy()
    return isRefused
  })
  assert.equal((await ask(url, '/misc/ping')).text, 'pong', 'another address')
  stop()
  await until('the recovery', async () => {
    const client = new BareHttp(port, from).write(request('GET /misc/ping'))
    const status = await client.answered()
    client.end()
    return status === 200
  })
  assertUnharmed(server)
})

test('an account that sends too much is told so in every dialect, others are not, and it recovers', async (t) => {
  const server = await openFortress(t, ON)
  const { url } = server
  const { ann, bob, id, gid, channel } = await openTalk(url)
  const ws = await ann.chatapp()
  const groups = await socketIo(url)
  const say = (event: string, fields: object) => groups.say(`42${JSON.stringify([event, fields])}`)
  await say('find_user', { username: ann.username, password: PASSWORD }).heard('user_found')

  const event = JSON.stringify({ type: 'send_message', conversation_id: id, content: 'again' })
  for (let n = 0; n < 1_300; n++) ws.say(event)
  const refusal = await ws.heard('too many', 10_000)
  assert.equal(refusal, '{"success":false,"type":"send_message","error":"too many requests"}')

  // Fifty tokens come a second: each of these is tried until it meets none.
  const limited = (path: string, body: object, headers: Readonly<Record<string, string>>) =>
    until(`a refusal of ${path}`, async () => {
      ws.say(event)
      const answer = await ask(url, path, body, headers)
      return answer.status === 429 ? answer : undefined
    })
  const rooms = await limited('/send-message', { room_gid: gid, msg: 'x' }, { user: ann.uuid })
  assert.deepEqual(rooms.json, { ok: false, error: { code: 429, message: 'Too many requests.' } })
  const messenger = await limited(`/chat/${id}/message`, { contents: 'x' }, ann.messenger)
  assert.equal((messenger.json.details as { code: string }).code, 'TOO_MANY_REQUESTS')
  const posting = { from_user: ann.id, to_user: bob.id, channel, message: 'x' }
  const channels = await limited('/api/send_message', posting, ann.channels)
  assert.deepEqual(channels.json, { status: 'error', message: 'Too many requests' })
  for (const { headers } of [rooms, messenger, channels])
    assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/)
  for (let n = 0; n < 50; n++) say('send_message', { username: ann.username, group_name: gid, text: 'x' })
  const told = JSON.parse((await groups.heard('rate_limited')).slice(2))
  assert.deepEqual(told, ['rate_limited', { Error: 'Too many requests.', retry_after: 1 }])

  const other = await ask(url, '/send-message', { room_gid: gid, msg: 'me?' }, { user: bob.uuid })
  assert.equal(other.status, 200)
  await until('the recovery', async () => {
    const again = await ask(url, `/chat/${id}/message`, { contents: 'back' }, ann.messenger)
    return again.status === 200
  })
  for (const each of [ws, groups]) each.end()
  assertUnharmed(server)
})

test('commands over live connections are limited by account, or by connection before there is one', async (t) => {
  const server = await openFortress(t, ON)
  const { url } = server
  const ann = await Person.register(url, 'ann')
  const ws = await ann.chatapp()
  for (let n = 0; n < 2_500; n++) ws.say('{"type":"ping"}')
  assert.equal(
    await ws.heard('too many', 10_000),
    '{"success":false,"type":"ping","error":"too many requests"}',
  )
  const groups = await socketIo(url)
  for (let n = 0; n < 2_500; n++) groups.say('42["pingg",1]')
  await groups.heard('rate_limited', 10_000)
  const pusher = await new BareWs(url, '/app/test-key?protocol=7').opened()
  for (let n = 0; n < 2_500; n++) pusher.say('{"event":"pusher:ping","data":{}}')
  assert.match(await pusher.heard('4301', 10_000), /Too many/i)
  for (const each of [ws, groups, pusher]) each.end()
  assertUnharmed(server)
})

test('a group of thousands costs more than a small one', async (t) => {
  const server = await openFortress(t, ON)
  const { url } = server
  const ann = await Person.register(url, 'ann')
  const ids = Array.from({ length: 9_000 }, (_, n) => 1_000 + n)
  const statuses: number[] = []
  for (let n = 0; n < 7; n++) {
    const { status } = await ask(url, '/chat/group/create', { with_ids: ids, name: 'all' }, ann.messenger)
    statuses.push(status)
  }
  assert.deepEqual(statuses, [400, 400, 400, 400, 400, 400, 429])
  assertUnharmed(server)
})

interface LogIn {
  readonly path: string
  readonly body: (username: string, password: string) => object
  readonly wrong: number
}

const LOG_INS: readonly LogIn[] = [
  { path: '/login', body: (login, password) => ({ login, password }), wrong: 200 },
  { path: '/auth/login', body: (username, password) => ({ username, password }), wrong: 401 },
  { path: '/login', body: (name, password) => ({ usernameOrEmail: name, password }), wrong: 400 },
  { path: '/api/login', body: (username, password) => ({ username, password }), wrong: 401 },
]

test('wrong passwords are counted by name, over all dialects', async (t) => {
  const server = await openFortress(t, ON)
  const { url } = server
  const [ann, bob] = await Promise.all([Person.register(url, 'ann'), Person.register(url, 'bob')])
  for (let n = 0; n < 20; n++) {
    const logIn = LOG_INS[n % LOG_INS.length]
    const { status } = await ask(url, logIn?.path ?? '', logIn?.body(ann.username.toUpperCase(), 'wrong'))
    assert.equal(status, logIn?.wrong)
  }
  for (const { path, body } of LOG_INS) {
    const answer = await ask(url, path, body(ann.username, PASSWORD))
    assert.equal(answer.status, 429, path)
    assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
    assert.ok((await ask(url, path, body(bob.username, PASSWORD))).status < 300, path)
  }
  const groups = await socketIo(url)
  groups.say(`42${JSON.stringify(['find_user', { username: ann.username, password: PASSWORD }])}`)
  await groups.heard('rate_limited')
  groups.end()
  assertUnharmed(server)
})

test('registrations and log-ins are limited by address', { concurrency: true }, async (t) => {
  const server = await openFortress(t, ON)
  const { port } = server
  const post = (path: string, body: object) => {
    const bytes = Buffer.from(JSON.stringify(body))
    return request(`POST ${path}`, { ...JSON_TYPE, 'Content-Length': bytes.length }, bytes)
  }
  // A name that cannot be anybody's, so that no password is hashed.
  const logIn = post('/auth/login', { username: '\0', password: 'x' })
  const client = new BareHttp(port, '127.0.0.78').write(
    Buffer.concat(Array(LIMITS.login.burst + 50).fill(logIn)),
  )
  // Each over a connection of its own: what is refused does not wait for what is hashed.
  const registration = post('/register', { login: 'one', password: 'x', username: 'x' })
  const crowd = Array.from({ length: LIMITS.register.burst + 15 }, () =>
    new BareHttp(port, '127.0.0.79').write(registration),
  )
  await until('a refused log-in', () => client.statuses.includes(429))
  await until('a refused registration', () => crowd.some(({ status }) => status === 429))
  for (const { path, body } of LOG_INS)
    assert.match(
      await refused(port, '127.0.0.78', post(path, body('nobody', 'x')), Array(30).fill(logIn)),
      /retry-after/i,
    )
  const others = [
    post('/register', { username: 'two', password: 'x', fullname: 'x' }),
    post('/register', { username: 'two', password: 'x', email: 'two@example.org' }),
    post('/api/register', { username: 'two', password: 'x' }),
  ]
  for (const bytes of others) assert.match(await refused(port, '127.0.0.79', bytes), /retry-after/i)
  for (const each of [client, ...crowd]) each.end()
  assertUnharmed(server)
})

test('wrong names of conversations are limited by address, and look like those of others', async (t) => {
  const server = await openFortress(t, ON)
  const { url } = server
  const { gid, id, channel } = await openTalk(url)
  const eve = await Person.register(url, 'eve')
  const history = (name: string) =>
    ask(url, `/get-room-history?room_gid=${name}`, undefined, { user: eve.uuid })
  const absent = await history('aBcDeFgH')
  assert.deepEqual((await history(gid)).json, absent.json, 'a private one looks absent')
  const numbered = (n: number) => ask(url, `/chat/${n}`, undefined, eve.messenger)
  assert.deepEqual((await numbered(id)).json, (await numbered(999_999)).json)
  const signing = (name: string) =>
    ask(url, '/api/pusher/auth', { socket_id: '1.1', channel_name: name }, eve.channels)
  assert.deepEqual((await signing(channel)).json, (await signing('private-chat_91_92')).json)
  const ws = await eve.chatapp()
  const info = async (n: number) =>
    (await ws.say(`{"type":"get_conversation_info","id":${n}}`).heard('not part')).replace(
      ` ${n} id`,
      ' N id',
    )
  assert.equal(await info(id), await info(999_999))
  const groups = await socketIo(url)
  const visit = (name: string) =>
    groups.say(
      `42${JSON.stringify(['visit_group', { username: eve.username, password: PASSWORD, group_name: name }])}`,
    )
  const visited = async (name: string) => (await visit(name).heard('group_not_found')).slice(2)
  assert.equal(await visited(gid), await visited('aBcDeFgH'))

  let status = 200
  for (let n = 0; n < 150 && status !== 429; n++) status = (await history('aBcDeFgH')).status
  assert.equal(status, 429)
  visit('aBcDeFgH')
  await groups.heard('rate_limited')
  for (const each of [ws, groups]) each.end()
  assertUnharmed(server)
})

test('an address may have so many subscriptions at a time, whoever else may have more', async (t) => {
  const { url } = await openFortress(t, ON)
  const subscribe = async (count: number, from: string) => {
    const ws = await new BareWs(url, '/app/test-key?protocol=7', {}, from).opened()
    await ws.heard('established')
    let refused = 0
    let answered = 0
    ws.sift = (text) => {
      if (/succeeded|subscription_error/.test(text)) answered++
      if (text.includes('from this address')) refused++
      return true
    }
    for (let n = 0; n < count; n++)
      ws.say(JSON.stringify({ event: 'pusher:subscribe', data: { channel: `channel-${n}` } }))
    await until('all answers', () => answered === count)
    return { ws, isRefused: refused > 0 }
  }
  const holders: BareWs[] = []
  for (let n = 0; n < HOLDS.subscription; n += 1_900) holders.push((await subscribe(1_900, '127.0.0.80')).ws)
  assert.equal((await subscribe(1, '127.0.0.80')).isRefused, true)
  assert.equal((await subscribe(1, '127.0.0.81')).isRefused, false)
  for (const ws of holders) ws.end()
  await until('room again', async () => !(await subscribe(1, '127.0.0.80')).isRefused)
})

test('an IPv6 subscriber is one address, however many it has', () => {
  const addressOf = addressReader([])
  const of = (remoteAddress: string) => addressOf({ socket: { remoteAddress } } as IncomingMessage)
  const one = of('2001:db8:1:2:3:4:5:6')
  assert.equal(one, of('2001:0db8:0001:0002::1'))
  assert.equal(one, of('2001:db8:1:2:ffff::'))
  assert.notEqual(one, of('2001:db8:1:3::1'))
  assert.equal(of('2001:db8::1'), of('2001:db8:0:0:9::'))
  assert.equal(of('::ffff:10.1.2.3'), of('10.1.2.3'))
  assert.notEqual(of('10.1.2.3'), of('10.1.2.4'))
  assert.equal(of('fe80::1%eth0'), of('fe80::2'))
})
