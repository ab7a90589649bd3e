import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { target } from '../support/server.ts'
import { until } from '../support/until.ts'
import {
  is,
  missing,
  NOT_AUTHORIZED,
  NOT_FOUND,
  notDict,
  ownError,
  WRONG_METHOD,
} from './messenger-answers.ts'
import { type MessagePage, MessengerClient, openPrivate, type Person, signUp } from './messenger-client.ts'

const server = await target()
const { url } = server
after(() => server.close())

const anyone = new MessengerClient(url)
const json = { 'content-type': 'application/json' }

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

  it('that has other methods is answered with their names', async () => {
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

describe('the credential', () => {
  const withHeader = (authorization?: string) =>
    anyone.send('GET', '/user/me', { headers: authorization === undefined ? {} : { authorization } })

  it('is taken with its scheme in any case', async () => {
    const { client } = await signUp(url, 'finn')
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      assert.equal((await withHeader(`${scheme} ${client.token}`)).status, 200)
  })

  it('is asked for by every endpoint but two, before the request is looked at', async () => {
    const routes = [
      ['GET', '/user/me'],
      ['PATCH', '/user/bio'],
      ['GET', '/user/chats?limit=x'],
      ['POST', '/chat/private/create'],
      ['POST', '/chat/group/create'],
      ['GET', '/chat/x'],
      ['POST', '/chat/1/message'],
      ['GET', '/chat/1/messages'],
      ['DELETE', '/message/1'],
    ] as const
    for (const [method, path] of routes) {
      const answer = await anyone.send(method, path, { headers: json })
      is(answer, 401, NOT_AUTHORIZED)
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
    }
  })

  it('is refused when it is malformed', async () => {
    const { client } = await signUp(url, 'gil')
    const [head, payload, signature] = (client.token ?? '').split('.')
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    const rows = ['', 'Bearer', 'Bearer x', 'Bearer a.b.c', client.token, `Basic ${client.token}`]
    const forged = [`${head}.${payload}.`, `${head}.${payload}.${signature}x`, `${none}.${payload}.`]
    for (const header of [...rows, ...forged.map((token) => `Bearer ${token}`), `Bearer  ${client.token}`])
      is(await withHeader(header), 401, NOT_AUTHORIZED)
  })
})

describe('a body', () => {
  let who: Person
  before(async () => {
    who = await signUp(url, 'olga')
  })
  const patch = (body: string | Buffer<ArrayBuffer> | undefined, headers: Record<string, string> = json) =>
    who.client.send('PATCH', '/user/bio', { headers, body })

  it('that is missing, or null, is a field that is', async () => {
    for (const body of [undefined, '', 'null']) is(await patch(body), 422, { detail: [missing('body')] })
    is(await patch(undefined, {}), 422, { detail: [missing('body')] })
  })

  it('that is JSON but no object is no dict', async () => {
    for (const body of ['[]', '[{"bio":"x"}]', '"bio"', '1', 'true'])
      is(await patch(body), 422, { detail: [notDict] })
  })

  it('must be declared as JSON', async () => {
    const body = '{"bio":"x"}'
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'text/json',
      ';;;',
      'application/jsonx',
    ])
      is(await patch(body, { 'content-type': type }), 422, { detail: [notDict] })
    for (const type of [
      'application/json; charset=utf-8',
      'APPLICATION/JSON',
      'application/merge-patch+json',
    ])
      is(await patch(body, { 'content-type': type }), 200, { success: true })
    is(await patch(Buffer.from(body), {}), 422, { detail: [notDict] })
  })

  it('that cannot be decoded says where, as Python does', async () => {
    const rows = [
      ['{', 'Expecting property name enclosed in double quotes', 1],
      ['{"bio": x}', 'Expecting value', 8],
      ['{"bio" "x"}', "Expecting ':' delimiter", 7],
      ['{"bio": "x" "y"}', "Expecting ',' delimiter", 12],
      ['{"bio": "x"}}', 'Extra data', 12],
      ['{"bio": "🌻', 'Unterminated string starting at', 8],
      ['{"🌻": x}', 'Expecting value', 6],
      ['{"bio": "\\x"}', 'Invalid \\escape', 9],
      ['{"bio": "\\u12x4"}', 'Invalid \\uXXXX escape', 10],
      ['{"bio": "\t"}', 'Invalid control character at', 9],
      ['{"bio": NaN}', 'Expecting value', 8],
    ] as const
    for (const [doc, msg, pos] of rows) {
      const problem = {
        loc: ['body', pos],
        msg: `${msg}: line 1 column ${pos + 1} (char ${pos})`,
        type: 'value_error.jsondecode',
        ctx: { msg, doc, pos, lineno: 1, colno: pos + 1 },
      }
      is(await patch(doc), 422, { detail: [problem] })
    }
    const { body } = await who.client.send<{ detail: { msg: string }[] }>('PATCH', '/user/bio', {
      headers: json,
      body: '{\n "bio":\n  x}',
    })
    assert.equal(body.detail[0]?.msg, 'Expecting value: line 3 column 3 (char 12)')
  })

  it('that is not UTF-8 cannot be parsed', async () => {
    is(await patch(Buffer.from([0x7b, 0xff, 0x7d])), 400, { detail: 'There was an error parsing the body' })
  })

  it('may begin with a byte order mark, and may have more than is asked for', async () => {
    is(await patch('\ufeff{"bio":"x"}'), 200, { success: true })
    is(await patch('{"bio":"x","__proto__":{"bio":1},"constructor":null,"more":[]}'), 200, { success: true })
  })

  it('that is larger than 256 KiB is refused', async () => {
    const refusal = ownError(413, 'BODY_TOO_LARGE', 'The request body is too large.')
    is(await patch(`{"bio":"${'x'.repeat(256 * 1024)}"}`), 413, refusal)
  })
})
