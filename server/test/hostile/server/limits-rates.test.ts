import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { BareHttp, request } from './bare-http.ts'
import { BareWs, socketIo } from './bare-ws.ts'
import { assertUnharmed, type Fortress, openFortress } from './fortress.ts'
import { PASSWORD, Person } from './person.ts'
import { refused } from './refused.ts'
import { openTalk } from './talk.ts'

const ON = { PARLANCE_RATE_LIMITS: 'on' }

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
  // The answer comes before the body, though only the body would tell which dialect's words fit.
  for (const path of ['/register', '/login']) {
    await refused(port, from, request(`POST ${path}`, { 'Content-Length': 10_000 }))
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
