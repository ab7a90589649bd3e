import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { startBlock } from '../../src/cli/start-block.ts'
import { BRIDGES, MOST_BYTES_IN } from '../../src/web/playground/raw-bridge.ts'
import { post } from '../support/rooms.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

type Hooks = { after(end: () => unknown): void }

async function start(t: Hooks, settings: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const server = await startParlance(settings)
  t.after(() => server.close())
  return server
}

/** fetch sets no `Host`. */
async function get(url: string, headers: Readonly<Record<string, string>> = {}) {
  const asking = request(url, { headers, agent: false }).end()
  const [answer] = await once(asking, 'response')
  let body = ''
  for await (const piece of answer.setEncoding('utf8')) body += piece
  return { status: answer.statusCode as number, body }
}

/** A bridge whose page is, unless said otherwise, the server's own. */
class Bridge {
  readonly ws: WebSocket
  heard = ''
  readonly ended: Promise<{ code: number } | { status: number }>

  constructor({ port }: TestServer, headers: Readonly<Record<string, string>> = {}) {
    const url = `127.0.0.1:${port}`
    this.ws = new WebSocket(`ws://${url}/playground/raw`, {
      headers: { origin: `http://${url}`, ...headers },
    })
    this.ws.on('message', (data) => {
      this.heard += data.toString()
    })
    this.ended = new Promise((resolve) => {
      this.ws.on('close', (code) => resolve({ code }))
      this.ws.on('unexpected-response', (_request, { statusCode = 0 }) => {
        resolve({ status: statusCode })
        this.ws.terminate()
      })
      this.ws.on('error', () => undefined)
    })
  }

  async opened(): Promise<this> {
    await once(this.ws, 'open')
    return this
  }
}

/** Somebody of rooms in a room of their own. */
async function roomOf({ url }: TestServer) {
  await post(url, '/register', { login: 'ada', password: 'correct horse', username: 'Ada' })
  const { uuid } = (await post(url, '/login', { login: 'ada', password: 'correct horse' })).data as {
    uuid: string
  }
  const { room_gid } = (await post(url, '/create-room', {}, { user: uuid })).data as { room_gid: string }
  return {
    hello: JSON.stringify({ uuid, room_gid }),
    say: (msg: string) => post(url, '/send-message', { room_gid, msg }, { user: uuid }),
  }
}

const PROXIED = [{ 'x-forwarded-for': '203.0.113.7' }, { via: '1.1 cache' }, { host: 'rebound.example' }]

test('the playground is open to this machine, and to nobody through a proxy or by another name', async (t) => {
  const server = await start(t)
  assert.equal((await get(`${server.url}/playground`)).status, 200)
  const about = JSON.parse((await get(`${server.url}/playground/about`)).body)
  assert.deepEqual(about, {
    isOpen: true,
    dialects: server.config.dialects,
    pusherKey: server.pusher.key,
    hasRawTcp: true,
  })
  for (const headers of PROXIED) {
    const page = await get(`${server.url}/playground`, headers)
    assert.equal(page.status, 404)
    assert.match(page.body, /PARLANCE_PLAYGROUND=true/)
    assert.equal((await get(`${server.url}/playground/about`, headers)).body, '{"isOpen":false}')
    assert.deepEqual(await new Bridge(server, headers).ended, { status: 404 })
  }
})

test('the playground of a server that listens to other machines is open to nobody, unless it is asked for', async (t) => {
  const closed = await start(t, { HOST: '0.0.0.0' })
  assert.equal(closed.hasPlayground, false)
  assert.equal((await get(`http://127.0.0.1:${closed.port}/playground`)).status, 404)
  assert.deepEqual(await new Bridge(closed).ended, { status: 404 })
  const open = await start(t, { HOST: '0.0.0.0', PARLANCE_PLAYGROUND: 'true' })
  assert.equal(open.hasPlayground, true)
  for (const headers of PROXIED)
    assert.equal((await get(`http://127.0.0.1:${open.port}/playground`, headers)).status, 200)
})

test('the block at the start names the playground where it is open, and says when to everybody', async (t) => {
  for (const [settings, line] of [
    [{}, /playground +http:\/\/127\.0\.0\.1:\d+\/playground\n/],
    [{ PARLANCE_PLAYGROUND: 'true' }, /playground +http:\S+\/playground, open to everybody\n/],
  ] as const) {
    const server = await start(t, settings)
    assert.match(startBlock(server.config, server, []), line)
  }
  const closed = await start(t, { PARLANCE_PLAYGROUND: 'false' })
  assert.doesNotMatch(startBlock(closed.config, closed, []), /playground/)
})

test('PARLANCE_PLAYGROUND=false closes it to this machine too', async (t) => {
  const server = await start(t, { PARLANCE_PLAYGROUND: 'false' })
  assert.equal(server.hasPlayground, false)
  assert.equal((await get(`${server.url}/playground`)).status, 404)
  assert.deepEqual(await new Bridge(server).ended, { status: 404 })
})

test('the bridge carries the hello to the raw port of rooms, and what is said there back', async (t) => {
  const server = await start(t)
  const room = await roomOf(server)
  const bridge = await new Bridge(server).opened()
  bridge.ws.send(room.hello.slice(0, 20))
  bridge.ws.send(room.hello.slice(20))
  await room.say('first 🦋')
  await until('a line to come over the bridge', async () => {
    if (bridge.heard === '') await room.say('again 🦋')
    return bridge.heard.includes('🦋') && bridge.heard.endsWith('\n')
  })
  const [line = ''] = bridge.heard.split('\n')
  assert.equal(JSON.parse(line).sender.username, 'Ada')
  bridge.ws.close()
})

test('a page of another site, and a program that names no page, get no bridge', async (t) => {
  const server = await start(t, { PARLANCE_PLAYGROUND: 'true' })
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: '' },
    { origin: `http://127.0.0.1:${server.port + 1}` },
    { origin: `capacitor://127.0.0.1:${server.port}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])
    assert.deepEqual(await new Bridge(server, headers).ended, { status: 403 }, JSON.stringify(headers))
})

test('nothing but a hello goes over the bridge: HTTP would be answered as if this machine asked', async (t) => {
  const server = await start(t)
  const scrape = `GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`
  for (const first of [scrape, ' ', '', `\n${scrape}`, 'POST']) {
    const bridge = await new Bridge(server).opened()
    bridge.ws.send(first)
    bridge.ws.send(scrape)
    assert.deepEqual(await bridge.ended, { code: 1008 }, JSON.stringify(first))
    assert.equal(bridge.heard, '')
  }
})

test('a bridge that is sent more than a hello, or a wrong one, ends', async (t) => {
  const server = await start(t)
  const { hello } = await roomOf(server)
  const endings: readonly (readonly [readonly string[], number])[] = [
    [[`{${' '.repeat(MOST_BYTES_IN)}`], 1009],
    [[hello, ...Array.from({ length: 100 }, () => 'x'.repeat(100))], 1009],
    [['{"uuid": "nobody", "room_gid": "none"}'], 1000],
    // Half a hello: the raw port waits five seconds for the rest.
    [['{"uuid": [[['], 1000],
  ]
  for (const [texts, code] of endings) {
    const bridge = await new Bridge(server).opened()
    for (const text of texts) bridge.ws.send(text)
    assert.deepEqual(await bridge.ended, { code }, String(texts[0]).slice(0, 40))
  }
})

test('an address has so many bridges and no more, and each that ends makes room', async (t) => {
  const server = await start(t)
  const { hello } = await roomOf(server)
  const bridges = await Promise.all(
    Array.from({ length: BRIDGES.perAddress }, () => new Bridge(server).opened()),
  )
  for (const { ws } of bridges) ws.send(hello)
  assert.deepEqual(await new Bridge(server).ended, { status: 503 })
  bridges[0]?.ws.terminate()
  const next = await until('room for another bridge', async () => {
    const bridge = new Bridge(server)
    const outcome = await Promise.race([bridge.ended, bridge.opened()])
    return outcome === bridge ? bridge : undefined
  })
  for (const { ws } of [...bridges, next]) ws.terminate()
})

test('the server closes its bridges when it closes', async () => {
  const server = await startParlance()
  const { hello } = await roomOf(server)
  const bridge = await new Bridge(server).opened()
  bridge.ws.send(hello)
  await server.close()
  const ending = await bridge.ended
  // Whichever end is told first.
  assert.ok('code' in ending && [1000, 1001].includes(ending.code), JSON.stringify(ending))
})
