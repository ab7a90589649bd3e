import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { startParlance, type Target, type TestServer, target } from '../support/server.ts'
import { until } from '../support/until.ts'
import { is, ownError } from './messenger-answers.ts'
import { type Answer, type MessagePage, MessengerClient, openPrivate, signUp } from './messenger-client.ts'

const server: Target = await target({ PARLANCE_PORTS: 'messenger:0' })
const { url, own } = server
const anyone = new MessengerClient(url)
after(() => server.close())

const NOT_FOUND = { detail: 'Not Found' }
const WRONG_METHOD = { detail: 'Method Not Allowed' }

describe('a path', () => {
  it('that is no route is not found, whatever the method and the credential', async () => {
    const paths = [
      '/user/',
      '/user/you',
      '/chat/',
      '/chat/1/',
      '/chat//message',
      '/chat/1/messages/2',
      '/message/',
    ]
    for (const path of [...paths, '/chat/%zz', '/user/me/'])
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE'])
        is(await anyone.call(method, path), 404, NOT_FOUND)
    is(await anyone.get(`/chat/${'1'.repeat(300)}`), 404, NOT_FOUND)
  })

  it('that has other methods says which', async () => {
    const rows = [
      ['/user/me', 'GET', 'POST'],
      ['/user/bio', 'PATCH', 'GET'],
      ['/user/chats', 'GET', 'DELETE'],
      ['/chat/private/create', 'POST', 'GET'],
      ['/chat/group/create', 'POST', 'PUT'],
      ['/chat/1', 'GET', 'POST'],
      ['/chat/1/message', 'POST', 'GET'],
      ['/chat/1/messages', 'GET', 'OPTIONS'],
      ['/message/1', 'DELETE', 'GET'],
    ] as const
    for (const [path, allowed, method] of rows) {
      const answer = await anyone.call(method, path)
      is(answer, 405, WRONG_METHOD)
      assert.equal(answer.headers.get('allow'), allowed)
      assert.equal((await fetch(url + path, { method: 'HEAD' })).status, 405)
    }
  })
})

describe('a connection that is kept alive', () => {
  it('answers requests that were sent at once in their order', async () => {
    const [ann, bob] = await Promise.all([signUp(url, 'ann'), signUp(url, 'bob')])
    const chat = await openPrivate(ann, bob)
    const contents = Array.from({ length: 50 }, (_, i) => `pipelined ${i}`)
    const requests = contents.map((text) => {
      const body = JSON.stringify({ contents: text })
      return `POST /chat/${chat.id}/message HTTP/1.1\r\nHost: parlance\r\nAuthorization: Bearer ${ann.client.token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    })
    const socket = connect(server.port, server.host)
    let received = ''
    socket.setEncoding('utf8').on('data', (chunk) => {
      received += chunk
    })
    socket.write(requests.join(''))
    const answered = () => Array.from(received.matchAll(/"contents":"([^"]*)"/g), ([, text]) => text)
    await until('every answer', () => answered().length === contents.length)
    socket.destroy()
    assert.deepEqual(answered(), contents)
    assert.equal(received.match(/HTTP\/1\.1 200 OK/g)?.length, contents.length)
  })

  it('carries many requests side by side, and stores each once', async () => {
    const [ann, bob] = await Promise.all([signUp(url, 'ann'), signUp(url, 'bob')])
    const chat = await openPrivate(ann, bob)
    const sends = Array.from({ length: 300 }, (_, i) =>
      (i % 2 ? ann : bob).client.ok<{ id: number }>('POST', `/chat/${chat.id}/message`, { contents: `${i}` }),
    )
    const ids = (await Promise.all(sends)).map(({ id }) => id).toSorted((a, b) => a - b)
    assert.equal(new Set(ids).size, sends.length)
    const found: number[] = []
    for (let cursor = 0; found.length < ids.length; cursor = found.at(-1) ?? 0) {
      const path = `/chat/${chat.id}/messages?limit=100&cursor=${cursor}`
      const { messages, count } = await ann.client.ok<MessagePage>('GET', path)
      assert.notEqual(count, 0)
      found.push(...messages.map(({ id }) => id))
    }
    assert.deepEqual(found, ids)
  })
})

if (own) {
  it('has errors of its own for any path and method on a port of its own', async () => {
    const alone = new MessengerClient(`http://${own.host}:${own.dedicatedPorts.get('messenger')}`)
    for (const path of ['/', '/nope', '/user', '/healthz', '/socket.io/', '/register/x'])
      is(await alone.get(path), 404, NOT_FOUND)
    for (const path of ['/register', '/login']) {
      const answer = await alone.get(path)
      is(answer, 405, WRONG_METHOD)
      assert.equal(answer.headers.get('allow'), 'POST')
      is(await alone.call('OPTIONS', path), 405, WRONG_METHOD)
    }
    const missing = (field: string) => ({
      loc: ['body', field],
      msg: 'field required',
      type: 'value_error.missing',
    })
    is(await alone.post('/register', {}), 422, { detail: ['username', 'email', 'password'].map(missing) })
    is(await alone.post('/login', {}), 422, { detail: ['usernameOrEmail', 'password'].map(missing) })
  })

  describe('too much', () => {
    const tooMany = ownError(429, 'TOO_MANY_REQUESTS', 'Too many requests.')
    let strict: TestServer
    before(async () => {
      strict = await startParlance({ PARLANCE_RATE_LIMITS: 'on', PARLANCE_DIALECTS: 'messenger' })
    })
    after(() => strict.close())

    /** Asks in batches until one is refused for asking too much. */
    const refused = (what: string, ask: () => Promise<Answer<unknown>>, batch: number) =>
      until(
        what,
        async () => {
          const answers = await Promise.all(Array.from({ length: batch }, ask))
          return answers.find(({ status }) => status === 429)
        },
        20_000,
      )

    it('is refused to the one account, with the seconds to wait', async () => {
      const [ann, bob] = [await signUp(strict.url, 'ann'), await signUp(strict.url, 'bob')]
      const path = `/chat/${(await openPrivate(ann, bob)).id}/message`
      const answer = await refused('too many messages', () => ann.client.post(path, { contents: 'x' }), 250)
      is(answer, 429, tooMany)
      assert.equal(answer.headers.get('retry-after'), '1')
      assert.equal((await bob.client.post(path, { contents: 'x' })).status, 200)
    })

    it('guessing of one account’s password is, by whatever spelling of its name', async () => {
      const { username } = await signUp(strict.url, 'ann')
      const client = new MessengerClient(strict.url)
      const spellings = [username, username.toUpperCase()]
      let guesses = 0
      const guess = () =>
        client.post('/login', { usernameOrEmail: spellings[guesses++ % 2], password: `guess ${guesses}` })
      const answer = await refused('too many guesses', guess, 4)
      assert.ok(guesses < 2 * 20)
      is(answer, 429, tooMany)
      assert.match(answer.headers.get('retry-after') ?? '', /^[1-5]$/)
    })
  })
}
