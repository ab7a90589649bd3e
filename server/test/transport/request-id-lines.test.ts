import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { WebSocket } from 'ws'
import { KEYS } from '../support/channels.ts'
import { ChatappHttp } from '../support/chatapp.ts'
import { endWithUs } from '../support/process.ts'
import { RawListener, RoomsPerson } from '../support/rooms.ts'
import { until } from '../support/until.ts'

// Requests of every kind that fail by a bug: each line about one has the id of the request, or of the connection.

const REQUEST_ID = /^[\w-]{8}-[0-9a-z]+$/
const JSON_BODY = { 'content-type': 'application/json' }

const SETTINGS = { ...KEYS, LOG_LEVEL: 'warn' }
const child = fork(join(import.meta.dirname, 'broken-server.ts'), [JSON.stringify(SETTINGS)], {
  stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
})
endWithUs(child)
after(() => child.kill())

interface Line {
  readonly msg: string
  readonly requestId?: string
  readonly door?: string
}

const lines: Line[] = []
assert.ok(child.stderr)
createInterface(child.stderr).on('line', (text) => {
  if (text.startsWith('{')) lines.push(JSON.parse(text))
})

/** The first line with this message that is about that request. */
const lineAbout = (requestId: string, msg: string): Promise<unknown> =>
  until(`a line "${msg}" about ${requestId}`, () =>
    lines.some((line) => line.msg === msg && line.requestId === requestId),
  )

let url = ''
let tcpPort = 0

interface Opened {
  readonly ws: WebSocket
  readonly requestId: string
}

const open: WebSocket[] = []
after(() => {
  for (const ws of open) ws.terminate()
})

/** A WebSocket, with the id in the answer to its handshake. */
async function connect(
  path: string,
  headers: Record<string, string> = {},
  protocol?: string,
): Promise<Opened> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}${path}`, protocol ?? [], { headers })
  open.push(ws)
  const upgraded = once(ws, 'upgrade')
  await once(ws, 'open')
  const [{ headers: answered }] = await upgraded
  return { ws, requestId: String(answered['x-request-id']) }
}

async function hears(ws: WebSocket, isIt: (frame: Record<string, unknown>) => boolean) {
  const frames: Record<string, unknown>[] = []
  ws.on('message', (text) => frames.push(JSON.parse(String(text))))
  return {
    it: async () => {
      await until('the frame', () => frames.some(isIt))
      return frames.find(isIt) ?? {}
    },
  }
}

async function native(): Promise<Opened> {
  const account = await fetch(`${url}/v1/accounts`, {
    method: 'POST',
    headers: JSON_BODY,
    body: JSON.stringify({ username: 'nat', password: 'correct horse battery' }),
  })
  const { session } = (await account.json()) as { session: { token: string } }
  const opened = await connect('/v1/socket', {}, 'parlance.v1')
  const live = await hears(opened.ws, ({ op }) => op === 'live')
  opened.ws.send(JSON.stringify({ op: 'hello', token: session.token }))
  await live.it()
  return opened
}

async function chatapp(): Promise<Opened> {
  const http = new ChatappHttp(url)
  const opened = await connect('/ws', { cookie: await http.login(await http.register('ann')) })
  const pong = await hears(opened.ws, ({ type }) => type === 'ping')
  opened.ws.send(JSON.stringify({ type: 'ping' }))
  await pong.it()
  return opened
}

interface Polling {
  readonly post: (packet: string) => Promise<void>
  readonly requestId: string
}

/** A session of Socket.IO that polls, in the namespace. */
async function socketIo(): Promise<Polling> {
  const path = `${url}/socket.io/?EIO=4&transport=polling`
  const handshake = await fetch(path)
  const { sid } = JSON.parse((await handshake.text()).slice(1))
  const post = async (body: string) => {
    await (await fetch(`${path}&sid=${sid}`, { method: 'POST', body })).text()
  }
  await post('40')
  return { post, requestId: handshake.headers.get('x-request-id') ?? '' }
}

interface World {
  readonly native: Opened
  readonly chatapp: Opened
  readonly pusher: Opened
  readonly socketIo: Polling
  readonly raw: { readonly uuid: string; readonly room_gid: string }
}

let world: World

before(async () => {
  const [{ url: at, tcpPort: port }] = await once(child, 'message')
  url = at
  tcpPort = port
  const roomer = await new RoomsPerson(url, 'ron').register()
  world = {
    native: await native(),
    chatapp: await chatapp(),
    pusher: await connect(`/app/${KEYS.PUSHER_KEY}?protocol=7`),
    socketIo: await socketIo(),
    raw: { uuid: roomer.uuid, room_gid: await roomer.createRoom() },
  }
  const broken = once(child, 'message')
  child.send('break')
  await broken
})

describe('a line about a request has its id', () => {
  test('over HTTP, that of the answer', async () => {
    const { headers } = await fetch(`${url}/v1/sessions`, {
      method: 'POST',
      headers: JSON_BODY,
      body: JSON.stringify({ login: 'nat', password: 'correct horse battery' }),
    })
    await lineAbout(headers.get('x-request-id') ?? '', 'request failed')
  })

  test('over the WebSocket of chatapp, that of the handshake', async () => {
    const { ws, requestId } = world.chatapp
    ws.send(JSON.stringify({ type: 'get_conversations' }))
    await lineAbout(requestId, 'request failed')
  })

  test('over the socket of native, one that begins with that of the handshake, and is in the problem', async () => {
    const { ws, requestId } = world.native
    const refusal = await hears(ws, ({ re }) => re === 1)
    ws.send(JSON.stringify({ id: 1, op: 'message.send', conversation: 'c_1', clientId: 'one', body: 'hi' }))
    const { instance } = (await refusal.it()).error as { instance: string }
    assert.match(instance, new RegExp(`^${requestId}\\.[0-9a-z]+$`))
    await lineAbout(instance, 'request failed')
  })

  test('over Socket.IO, that of the handshake', async () => {
    const { post, requestId } = world.socketIo
    await post('42["login",{"username":"gus"}]')
    await post(`42["auth",${JSON.stringify(world.raw)}]`)
    await lineAbout(requestId, 'auth failed')
  })

  test('over raw TCP, one of its own', async () => {
    new RawListener(tcpPort).write(JSON.stringify(world.raw))
    await until('its line', () => lines.some(({ msg }) => msg === 'handshake failed'))
    assert.match(lines.find(({ msg }) => msg === 'handshake failed')?.requestId ?? '', REQUEST_ID)
  })

  test('a page of another origin', async () => {
    const { headers } = await fetch(`${url}/auth/login`, {
      method: 'POST',
      headers: { ...JSON_BODY, origin: 'https://elsewhere.example' },
      body: '{}',
    })
    const msg = 'a page of another origin was refused; if it is yours, start with this'
    await lineAbout(headers.get('x-request-id') ?? '', msg)
  })

  test('no line about a request or a connection is without', async () => {
    for (const { ws } of [world.chatapp, world.native, world.pusher]) ws.terminate()
    await lineAbout(world.chatapp.requestId, 'connection failed to end')
    const without = lines.filter(({ requestId, door }) => requestId === undefined && door !== 'timer')
    assert.deepEqual(without, [])
  })
})

/** A refusal of each dialect over HTTP, and of a handshake. */
const REFUSED = {
  native: '/v1/nowhere',
  rooms: '/create-room',
  messenger: '/user/nowhere',
  channels: '/api/nobody',
  Pusher: '/apps/nowhere',
  chatapp: '/auth/verify',
}

test('every refusal over HTTP has its id, and so has a refused handshake', async () => {
  for (const [dialect, path] of Object.entries(REFUSED)) {
    const { status, headers } = await fetch(url + path)
    assert.ok(status >= 400, `${dialect} answers ${status}`)
    assert.match(headers.get('x-request-id') ?? '', REQUEST_ID, dialect)
  }
  const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`, { origin: 'https://elsewhere.example' })
  const [, answer] = await once(ws, 'unexpected-response')
  assert.match(String(answer.headers['x-request-id']), REQUEST_ID)
  ws.on('error', () => undefined).terminate()
})
