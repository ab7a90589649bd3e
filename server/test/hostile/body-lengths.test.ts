import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { startParlance, type TestServer } from '../support/server.ts'
import { ask } from './server/ask.ts'
import { BareHttp, request } from './server/bare-http.ts'
import type { Person } from './server/person.ts'
import { openTalk, type Talk } from './server/talk.ts'

const MAX_MESSAGE_BYTES = 60_000
const SMALL = 16 * 1024

let server: TestServer
let talk: Talk
before(async () => {
  server = await startParlance({ MAX_MESSAGE_BYTES: String(MAX_MESSAGE_BYTES) })
  talk = await openTalk(server.url)
})
after(() => server.close())

type Method = 'POST' | 'PATCH'
type Ask = readonly [method: Method, path: string, headers: (ann: Person) => Readonly<Record<string, string>>]

const TOO_LONG: Readonly<Record<string, string>> = {
  rooms: '{"ok":false,"error":{"code":400,"message":"Invalid data."}}',
  chatapp: '413: Payload Too Large',
  messenger:
    '{"status_code":413,"details":{"message":"The request body is too large.","code":"BODY_TOO_LARGE"}}',
  channels: '{"status":"error","message":"The request is too large"}',
}

const nobody = () => ({})
/** Requests that take a body, but no message and no list. */
const SMALL_REQUESTS: readonly (readonly [dialect: string, ...Ask])[] = [
  ['chatapp', 'POST', '/register', nobody],
  ['rooms', 'POST', '/login', nobody],
  ['rooms', 'POST', '/create-room', ({ uuid }) => ({ user: uuid })],
  ['chatapp', 'POST', '/auth/login', nobody],
  ['messenger', 'PATCH', '/user/bio', ({ messenger }) => messenger],
  ['messenger', 'POST', '/chat/private/create', ({ messenger }) => messenger],
  ['channels', 'POST', '/api/register', nobody],
  ['channels', 'POST', '/api/login', nobody],
  ['channels', 'POST', '/api/request_chat', ({ channels }) => channels],
  ['channels', 'POST', '/api/pusher/auth', ({ channels }) => channels],
]

async function send([method, path, headersOf]: Ask, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json', ...headersOf(talk.ann) }
  return (await fetch(server.url + path, { method, headers, body })).text()
}

describe('the length of a body', { concurrency: true }, () => {
  for (const [dialect, ...asked] of SMALL_REQUESTS) {
    test(`is 16 KiB at most for ${asked[0]} ${asked[1]}, and refused in the dialect\u2019s words`, async () => {
      const padded = (length: number) => '{"nothing": ""}'.padEnd(length)
      assert.notEqual(await send(asked, padded(SMALL)), TOO_LONG[dialect])
      assert.equal(await send(asked, padded(SMALL + 1)), TOO_LONG[dialect])
    })
  }

  test('is looked at before it comes', async () => {
    for (const path of ['/register', '/login', '/auth/login', '/api/login']) {
      const client = new BareHttp(server.port).write(request(`POST ${path}`, { 'Content-Length': SMALL + 1 }))
      assert.ok((await client.answered()) > 0, path)
      client.end()
    }
  })

  test('lets the longest message in, however its JSON escapes it', async () => {
    const { ann, id, gid, channel, bob } = talk
    const message = Array.from(randomBytes(MAX_MESSAGE_BYTES), (byte) =>
      String.fromCharCode(97 + (byte % 26)),
    )
    const escaped = message.map((char) => `\\u00${char.charCodeAt(0).toString(16)}`).join('')
    const users = `"from_user":${ann.id},"to_user":${bob.id}`
    const rooms = await ask(server.url, '/send-message', `{"room_gid":"${gid}","msg":"${escaped}"}`, {
      user: ann.uuid,
    })
    assert.deepEqual(rooms.json, { ok: true })
    const body = `{${users},"channel":"${channel}","message":"${escaped}"}`
    const channels = await ask(server.url, '/api/send_message', body, ann.channels)
    assert.ok(channels.json.message === message.join(''), channels.text.slice(0, 200))
    const long = await ask(server.url, `/chat/${id}/message`, `{"contents":"${escaped}"}`, ann.messenger)
    assert.match(long.text, /at most 2047 characters/)
  })

  test('lets a group of ten thousand be made', async () => {
    const ids = Array.from({ length: 10_000 }, (_, n) => 9_000_000_000_000_000 + n)
    const body = { name: 'all', with_ids: ids }
    const { json } = await ask(server.url, '/chat/group/create', body, talk.ann.messenger)
    assert.match(JSON.stringify(json), /USER_NOT_EXISTS/)
  })
})

describe('messenger\u2019s 422', () => {
  test('has a hundred entries at most, however much is wrong', async () => {
    const body = { name: 'all', with_ids: Array(10_000).fill('x') }
    const { status, json } = await ask(server.url, '/chat/group/create', body, talk.ann.messenger)
    assert.equal(status, 422)
    const detail = json.detail as { loc: unknown[] }[]
    assert.equal(detail.length, 100)
    assert.deepEqual(detail.at(-1)?.loc, ['body', 'with_ids', 99])
  })

  test('shows the beginning of what is no JSON, and never all of a long body', async () => {
    const headers = { 'content-type': 'application/json' }
    const shown = async (text: string) => {
      const body = text.replace('{', '{"usernameOrEmail": "ann", ')
      const response = await fetch(`${server.url}/user/bio`, {
        method: 'PATCH',
        headers: { ...headers, ...talk.ann.messenger },
        body,
      })
      assert.equal(response.status, 422)
      const { detail } = Object(await response.json())
      const [problem] = detail
      assert.equal(problem.type, 'value_error.jsondecode')
      return { doc: problem.ctx.doc, body }
    }
    const short = await shown('{"bio": }')
    assert.equal(short.doc, short.body)
    const long = await shown(`{"bio": "${'secret '.repeat(1_000)}`)
    assert.equal(long.doc, long.body.slice(0, 100))
  })
})
