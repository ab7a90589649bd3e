import assert from 'node:assert/strict'
import { type RequestOptions, request } from 'node:http'
import { after, describe, it } from 'node:test'
import { NativeHttp, unique } from '../support/native-http.ts'
import { startParlance, type TestServer } from '../support/server.ts'

// As browsers were seen to ask: a POST names the origin of its page, a GET does not, and only pages over https or on this
// machine have `Sec-Fetch-Site`.

const bare = await startParlance()
const named = await startParlance({ PUBLIC_URL: 'https://chat.example' })
after(() => Promise.all([bare.close(), named.close()]))

type Headers = Readonly<Record<string, string>>

/** `fetch` sends no Host of one's own. */
async function ask({ url }: TestServer, path: string, options: RequestOptions, body?: object) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; set: string; text: string }>()
  const asked = request(url + path, options, (answer) => {
    let text = ''
    answer.setEncoding('utf8').on('data', (part) => {
      text += part
    })
    answer.on('end', () =>
      resolve({ status: answer.statusCode ?? 0, set: answer.headers['set-cookie']?.[0] ?? '', text }),
    )
  })
  asked.on('error', reject).end(body && JSON.stringify(body))
  return promise
}

const register = (server: TestServer, headers: Headers) =>
  ask(
    server,
    '/v1/accounts',
    { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } },
    { username: unique('ann'), password: 'correct horse battery', cookie: true },
  )

const LOOPBACK = /^parlance=[\w-]+; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax$/
const SECURE = /^__Host-parlance=[\w-]+; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax; Secure$/

describe('the cookie of a log-in', () => {
  const own = (server: TestServer) => ({ origin: server.url, 'sec-fetch-site': 'same-origin' })
  const plain = { host: 'chat.lan:8000', origin: 'http://chat.lan:8000' }
  const secure = { host: 'chat.lan', origin: 'https://chat.lan', 'sec-fetch-site': 'same-origin' }

  it('is without Secure on this machine, whatever the public address is', async () => {
    for (const server of [bare, named]) {
      const { status, set } = await register(server, own(server))
      assert.equal(status, 201)
      assert.match(set, LOOPBACK)
    }
    assert.match((await register(bare, {})).set, LOOPBACK)
  })

  it('is refused to a page over plain http by another name, which no browser would keep it for', async () => {
    for (const server of [bare, named])
      for (const headers of [
        plain,
        { ...plain, host: '192.168.1.5:8000', origin: 'http://192.168.1.5:8000' },
      ]) {
        const { status, set, text } = await register(server, headers)
        assert.deepEqual([status, set], [400, ''])
        assert.equal(JSON.parse(text).errors[0].pointer, '#/cookie')
      }
    assert.equal((await register(bare, { host: 'chat.lan' })).status, 400)
  })

  it('is refused before an account is made', async () => {
    const username = unique('ann')
    const body = { username, password: 'correct horse battery', cookie: true }
    const headers = { ...plain, 'content-type': 'application/json' }
    assert.equal((await ask(bare, '/v1/accounts', { method: 'POST', headers }, body)).status, 400)
    await NativeHttp.register(bare.url, username)
  })

  it('is Secure behind a proxy that ends TLS, with a public address or without', async () => {
    for (const server of [bare, named]) assert.match((await register(server, secure)).set, SECURE)
    const rewritten = { ...secure, host: '127.0.0.1:8000' }
    assert.match((await register(bare, rewritten)).set, SECURE)
    assert.match((await register(named, { host: 'chat.example' })).set, SECURE)
  })
})

describe('a cookie', () => {
  const me = async (headers: Headers) => (await ask(bare, '/v1/me', { headers })).status

  it('without the prefix of the host counts on this machine alone: others could have set it', async () => {
    const { token } = await NativeHttp.register(bare.url, unique('ann'))
    const tossed = { cookie: `parlance=${token}` }
    assert.equal(await me(tossed), 200)
    assert.equal(await me({ ...tossed, host: 'chat.lan' }), 401)
    assert.equal(await me({ ...tossed, 'x-forwarded-for': '192.0.2.1' }), 401)
    assert.equal(await me({ host: 'chat.lan', cookie: `parlance=plt_other; __Host-parlance=${token}` }), 200)
  })

  it('that an ended session left does not stand before that of a later log-in on this machine', async () => {
    const { token } = await NativeHttp.register(bare.url, unique('ann'))
    assert.equal(await me({ cookie: `__Host-parlance=plt_ended; parlance=${token}` }), 200)
  })
})
