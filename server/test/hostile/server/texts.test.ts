import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startParlance } from '../../support/server.ts'
import { ask } from './ask.ts'
import { BareWs, socketIo } from './bare-ws.ts'
import { assertUnharmed, openFortress, PUSHER } from './fortress.ts'
import { Person } from './person.ts'

const server = await startParlance(PUSHER)
const { url } = server
after(() => server.close())
const eve = await Person.register(url, 'eve')

test('names that mean something to JavaScript, HTTP or a log mean nothing here', async (t) => {
  const fortress = await openFortress(t, { LOG_LEVEL: 'trace' })
  const names = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '{"level":60,"msg":"forged"}',
    '<script>alert(1)</script>',
    "'; DROP TABLE accounts; --",
    '%00',
    '../../etc/passwd',
  ]
  for (const username of names) {
    const account = {
      username,
      password: 'a-password-in-no-log',
      email: `e${names.indexOf(username)}@example.org`,
    }
    const { status, json } = await ask(fortress.url, '/register', account)
    assert.equal(status, 200, username)
    const me = await ask(fortress.url, '/user/me', undefined, {
      authorization: `Bearer ${json.access_token}`,
    })
    assert.equal(me.json.username, username)
    const login = await ask(fortress.url, '/auth/login', { username, password: account.password })
    assert.deepEqual([login.status, login.headers.get('set-cookie')?.split('=')[0]], [202, 'login-token'])
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
    const ws = await new BareWs(fortress.url, '/ws', { Cookie: cookie }).opened()
    await ws.say('{"type":"self"}').heard('"self"')
    ws.say(JSON.stringify({ type: 'create_conversation', members: names, name: username }))
    await ws.heard('create_conversation')
    ws.say(JSON.stringify({ type: username, __proto__: { type: 'ping' } }))
    await ws.heard('no type field')
    ws.say('{"type":"send_message","conversation_id":1,"content":"a-body-in-no-log"}')
    await ws.heard('send_message')
    ws.end()
    const groups = await socketIo(fortress.url)
    await groups.say(`42${JSON.stringify([username, { username }])}`).heard('invalid_request')
    groups.end()
  }
  const said = fortress.output.stderr + fortress.output.stdout
  for (const secret of [
    'a-password-in-no-log',
    'a-body-in-no-log',
    'login-token=ey',
    'eyJ',
    PUSHER.PUSHER_SECRET,
  ])
    assert.ok(!said.includes(secret), `${secret} is in the log`)
  for (const line of fortress.output.stderr.split('\n')) if (line !== '') JSON.parse(line)
  assertUnharmed(fortress)
})

test('an endless text costs no parser more than its length', async () => {
  const long = 100_000
  const texts = ['a', ' ', '-', '.', '@', 'a@', 'a-', '\\', '{', '[', '"', '0', 'é', '\u0301', 'a.a'].map(
    (unit) => unit.repeat(long / unit.length),
  )
  for (const text of texts) {
    const startedAt = performance.now()
    await ask(url, '/register', { username: 'x', email: `${text}@example.org`, password: 'x' })
    await ask(url, '/register', { username: 'x', email: `a@${text}`, password: 'x' })
    await ask(url, '/register', text)
    await ask(url, '/api/pusher/auth', { channel_name: text, socket_id: text }, eve.channels)
    await ask(url, `/user/chats?cursor=${encodeURIComponent(text.slice(0, 4_000))}`, undefined, eve.messenger)
    await ask(url, '/user/me', undefined, {
      authorization: `Bearer ${encodeURIComponent(text.slice(0, 4_000))}`,
    })
    await ask(url, '/auth/verify', undefined, { cookie: `${encodeURIComponent(text.slice(0, 4_000))}=` })
    await ask(url, `/chat/${encodeURIComponent(text.slice(0, 4_000))}`, undefined, eve.messenger)
    const took = performance.now() - startedAt
    assert.ok(took < 5_000, `${JSON.stringify(text.slice(0, 5))}… took ${took} ms`)
  }
})
