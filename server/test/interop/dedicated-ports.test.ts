import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { WebSocket } from 'ws'
import { DIALECT_NAMES, type DialectName } from '../../src/dialects/index.ts'
import { KEYS } from '../support/channels.ts'
import { DEVICES, REGISTRARS, someone } from '../support/clients/index.ts'
import { NAME_TAKEN } from './refusals.ts'
import { World } from './world.ts'

// On a port of its own a dialect answers alone: nobody's keys choose another, and its 404 is on every path.

let world: World
before(async () => {
  world = await World.start({ PARLANCE_PORTS: DIALECT_NAMES.map((name) => `${name}:0`).join() })
})
after(() => world[Symbol.asyncDispose]())

const urlOf = (dialect: DialectName): string => {
  const port = world.server.dedicatedPorts.get(dialect)
  assert.ok(port)
  return `http://${world.server.host}:${port}`
}

const NOT_FOUND: Readonly<Record<DialectName, unknown>> = {
  rooms: { ok: false, error: { code: 404, message: 'Not found.' } },
  chatapp: '404: Not Found',
  groups: 'Not Found',
  messenger: { detail: 'Not Found' },
  channels: { status: 'error', message: 'Not found' },
  native: {
    type: '/docs/problems/not_found',
    title: 'There is nothing here that you may see.',
    status: 404,
    detail: 'There is no such path.',
    code: 'not_found',
    retryable: false,
  },
}

/** Paths of the others, by their own. */
const PATHS: Readonly<Record<DialectName, readonly string[]>> = {
  rooms: ['/create-room', '/send-message', '/get-room-history'],
  chatapp: ['/misc/ping', '/auth/login', '/auth/verify', '/ws'],
  groups: [],
  messenger: ['/user/me', '/user/chats', '/chat/1'],
  channels: ['/api/login', '/api/users', '/api/pusher/auth'],
  native: ['/v1/server', '/v1/me', '/v1/conversations'],
}

const SOCKET_IO = '/socket.io/?EIO=4&transport=websocket'

/** The paths where each accepts WebSockets. Messenger has nothing live: its clients ask again. */
const LIVE: Readonly<Record<DialectName, readonly string[]>> = {
  rooms: [SOCKET_IO],
  chatapp: ['/ws'],
  groups: [SOCKET_IO],
  messenger: [],
  channels: [`/app/${KEYS.PUSHER_KEY}?protocol=7`],
  native: [],
}

const EVERYTHING = JSON.stringify({ login: 'x', email: 'not one', usernameOrEmail: 'x', username: 7 })

/** Each dialect's answer to a body with everyone's keys, on the paths that are shared on the main port. */
const ANSWERS: Readonly<
  Record<'/register' | '/login', Readonly<Record<DialectName, (body: unknown) => unknown>>>
> = {
  '/register': {
    rooms: (body) => assert.deepEqual(body, malformed('register_user')),
    chatapp: (body) => assert.equal(body, 'password required'),
    groups: (body) => assert.equal(body, NOT_FOUND.groups),
    messenger: (body) => assert.ok(Array.isArray((body as { detail: unknown }).detail)),
    channels: (body) => assert.deepEqual(body, NOT_FOUND.channels),
    native: (body) => assert.deepEqual(body, NOT_FOUND.native),
  },
  '/login': {
    rooms: (body) => assert.deepEqual(body, malformed('login_user')),
    chatapp: (body) => assert.equal(body, NOT_FOUND.chatapp),
    groups: (body) => assert.equal(body, NOT_FOUND.groups),
    messenger: (body) => assert.ok(Array.isArray((body as { detail: unknown }).detail)),
    channels: (body) => assert.deepEqual(body, NOT_FOUND.channels),
    native: (body) => assert.deepEqual(body, NOT_FOUND.native),
  },
}

const malformed = (request: string) => ({
  ok: false,
  error: { code: 400, message: `Malformed ${request} request` },
})

for (const dialect of DIALECT_NAMES) {
  describe(`a port of ${dialect}`, () => {
    for (const path of ['/register', '/login'] as const) {
      test(`${path} is its own, whatever keys the body has`, async () => {
        const { body } = await ask(dialect, path, { method: 'POST', body: EVERYTHING })
        ANSWERS[path][dialect](body)
      })
    }

    const foreign = DIALECT_NAMES.filter((other) => other !== dialect).flatMap((other) => PATHS[other])
    for (const path of ['/', '/nowhere', '/healthz', ...foreign]) {
      test(`${path} gets its 404`, async () => {
        const { status, body } = await ask(dialect, path)
        assert.deepEqual([status, body], [404, NOT_FOUND[dialect]])
      })
    }

    for (const path of new Set([...Object.values(LIVE).flat(), '/chat/1/messages'])) {
      const isOpen = LIVE[dialect].includes(path)
      test(`a WebSocket on ${path.split('?')[0]} is ${isOpen ? 'accepted' : 'refused'}`, async () => {
        assert.equal(await isUpgraded(urlOf(dialect) + path), isOpen)
      })
    }
  })
}

for (const registrar of REGISTRARS) {
  test(`clients of ${registrar} work on its own port, with the same accounts`, async () => {
    const where = { url: urlOf(registrar), tcpPort: world.server.tcpPort }
    const person = someone(`of-${registrar}`)
    await DEVICES[registrar].register(where, person)
    const device = await DEVICES[registrar].logIn(where, person)
    await device.close()
    assert.deepEqual(await DEVICES[registrar].register(world.server, person), NAME_TAKEN[registrar])
    const everywhere = await world.logIn(person)
    assert.equal(everywhere.account.username, person.username)
  })
}

test('clients of different ports are in one conversation', async () => {
  const person = someone('everywhere')
  await DEVICES.rooms.register({ url: urlOf('rooms'), tcpPort: world.server.tcpPort }, person)
  const at = (dialect: DialectName) => ({ url: urlOf(dialect), tcpPort: world.server.tcpPort })
  const rooms = await DEVICES.rooms.logIn(at('rooms'), person)
  const groups = await DEVICES.groups.logIn(at('groups'), person)
  const messenger = await DEVICES.messenger.logIn(at('messenger'), person)
  const chatapp = await DEVICES.chatapp.logIn(at('chatapp'), person)
  const place = await world.find(await rooms.open({ kind: 'open', others: [] }))
  const devices = [rooms, groups, messenger, chatapp]
  for (const device of devices) await device.send(place, `from the port of ${device.dialect}`)
  for (const device of devices) {
    assert.deepEqual(
      (await device.history(place)).map(({ text }) => text),
      devices.map(({ dialect: name }) => `from the port of ${name}`),
    )
    await device.close()
  }
})

async function ask(dialect: DialectName, path: string, init: RequestInit = {}) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(urlOf(dialect) + path, { ...init, headers })
  const text = await response.text()
  const isJson = /^application\/(problem\+)?json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, body: isJson ? withoutInstance(JSON.parse(text)) : text }
}

/** A problem's instance is another one for every request. */
const withoutInstance = ({ instance: _, ...body }: { readonly instance?: string }): object => body

async function isUpgraded(url: string): Promise<boolean> {
  const ws = new WebSocket(url.replace(/^http/, 'ws'))
  const isOpen = await Promise.race([
    once(ws, 'open').then(() => true),
    new Promise<boolean>((resolve) => ws.once('unexpected-response', () => resolve(false))),
    new Promise<boolean>((resolve) => ws.once('error', () => resolve(false))),
  ])
  ws.on('error', () => undefined)
  ws.terminate()
  return isOpen
}
