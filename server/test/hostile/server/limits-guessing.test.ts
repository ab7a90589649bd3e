import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '../../../src/transport/index.ts'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { BareHttp, request } from './bare-http.ts'
import { socketIo } from './bare-ws.ts'
import { assertUnharmed, openFortress } from './fortress.ts'
import { PASSWORD, Person } from './person.ts'
import { refused } from './refused.ts'
import { openTalk } from './talk.ts'

const ON = { PARLANCE_RATE_LIMITS: 'on' }
const JSON_TYPE = { 'Content-Type': 'application/json' }

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
