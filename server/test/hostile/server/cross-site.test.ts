import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { startParlance } from '../../support/server.ts'
import { PASSWORD, Person } from './person.ts'

const FRONT_END = 'https://front.example'
const server = await startParlance({ CORS_ALLOW_ORIGIN: FRONT_END })
const { url } = server
after(() => server.close())
const { username } = await Person.register(url, 'ann')

type Headers = Readonly<Record<string, string>>

/** Sends these headers as a browser would, or anybody else: fetch would add headers of its own. */
async function post(path: string, body: object | string, headers: Headers) {
  const asking = request(url + path, { method: 'POST', headers })
  asking.end(typeof body === 'string' ? body : JSON.stringify(body))
  const [answer] = await once(asking, 'response')
  return {
    status: answer.statusCode,
    headers: answer.headers as IncomingHttpHeaders,
    text: await text(answer),
  }
}

const EVIL = 'https://evil.example'
/** Headers of requests that pages of other sites can have visitors' browsers send, without asking first. */
const FORGED: Readonly<Record<string, Headers>> = {
  'a form': {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    origin: EVIL,
    'content-type': 'text/plain',
  },
  'a form without a referrer': {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    origin: 'null',
  },
  'an encoded form': {
    ...{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', origin: EVIL },
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
  },
  'a beacon': { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', origin: EVIL },
}
const credentials = { username, password: PASSWORD }

const logIn = (headers: Headers) => post('/auth/login', credentials, headers)
const signUp = (headers: Headers) =>
  post('/register', { username: 'new', password: PASSWORD, fullname: 'New' }, headers)

test('no page of another site can log its visitor in as somebody else, nor register in chatapp', async () => {
  const older: Headers[] = [
    { origin: EVIL, 'content-type': 'text/plain' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'https://other.front.example' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', origin: EVIL, 'content-type': 'text/plain' },
  ]
  for (const headers of [...Object.values(FORGED), ...older]) {
    const answer = await logIn(headers)
    assert.deepEqual([answer.status, answer.headers['set-cookie']], [403, undefined], JSON.stringify(headers))
    assert.equal((await signUp(headers)).status, 403, JSON.stringify(headers))
  }
})

test('legitimate logins go on: no browser, the own pages, allowed origins, pages behind a proxy', async () => {
  const legitimate: Headers[] = [
    {},
    { 'content-type': 'text/plain' },
    { origin: url },
    { origin: FRONT_END, 'content-type': 'text/plain' },
    { origin: FRONT_END, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
    { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' },
  ]
  for (const headers of legitimate) {
    const answer = await logIn(headers)
    assert.deepEqual([answer.status, answer.headers['set-cookie']?.length], [202, 1], JSON.stringify(headers))
  }
})

test('a form of another site neither logs in nor registers in any dialect', async () => {
  const account = { password: PASSWORD, email: 'new@example.org', fullname: 'New' }
  for (const [what, headers] of Object.entries(FORGED)) {
    for (const [path, body] of [
      ['/login', { login: username, password: PASSWORD }],
      ['/register', { login: 'new', username: 'New', password: PASSWORD }],
    ] as const) {
      const { status, text: told } = await post(path, body, headers)
      const error = { code: 403, message: 'Forms of other sites are not taken.' }
      assert.deepEqual([status, JSON.parse(told)], [200, { ok: false, error }], `rooms ${path}: ${what}`)
    }
    for (const path of ['/api/login', '/api/register']) {
      const { status, text: told } = await post(path, credentials, headers)
      const error = { status: 'error', message: 'Forms of other sites are not taken' }
      assert.deepEqual([status, JSON.parse(told)], [403, error], `channels ${path}: ${what}`)
    }
    // This dialect reads no body as JSON that is not said to be JSON, whoever sends it.
    for (const [path, body] of [
      ['/login', { usernameOrEmail: username, password: PASSWORD }],
      ['/register', { username: 'new', ...account }],
    ] as const)
      assert.equal((await post(path, body, headers)).status, 422, `messenger ${path}: ${what}`)
    assert.equal((await signUp(headers)).status, 403, `chatapp /register: ${what}`)
  }
  assert.equal(await server.chat.accounts.findByUsername('new'), undefined)
})

test('scripts of any origin may use the dialects that allow it, whatever they say they send', async () => {
  const script = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', origin: EVIL }
  for (const type of ['application/json', 'text/plain;charset=UTF-8']) {
    const headers = { ...script, 'content-type': type }
    const rooms = await post('/login', { login: username, password: PASSWORD }, headers)
    assert.equal(JSON.parse(rooms.text).ok, true)
    assert.equal((await post('/api/login', credentials, headers)).status, 200)
  }
})
