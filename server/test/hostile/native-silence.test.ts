import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { SUBPROTOCOL } from '@parlance/protocol'
import { WebSocket } from 'ws'
import { LongAnswers } from '../../src/answers/index.ts'
import { openFeeds } from '../../src/delivery/index.ts'
import { FileLinks } from '../../src/dialects/index.ts'
import { mountNative } from '../../src/dialects/native/index.ts'
import { newTally } from '../../src/lib/tally.ts'
import { createLog, Metrics } from '../../src/observe/index.ts'
import { addressReader, createListener, Limits, listen, plain } from '../../src/transport/index.ts'
import { chatWith } from '../support/chat.ts'
import { NativeSocket } from '../support/native-socket.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'
import { Victim } from './native-world.ts'

// Connections that say nothing: before their hello, of which there may be many, and after it, when their peer is gone.

const HELLO_MS = 10_000
const BEAT_MS = 20_000
const BOUNDS = { perAddress: 3, inAll: 5 }

test('a connection has ten seconds to say hello', async (t) => {
  const server = await startParlance()
  t.after(() => server.close())
  const { http } = await Victim.in(server)
  const known = new NativeSocket(server.url)
  await once(known.ws, 'open')
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const silent = new NativeSocket(server.url)
  await once(silent.ws, 'open')
  let isClosed = false
  void silent.closed.then(() => {
    isClosed = true
  })
  known.ws.send(JSON.stringify({ op: 'hello', token: http.token }))
  await once(known.ws, 'message')
  t.mock.timers.tick(HELLO_MS - 1)
  known.ws.send('{"id":1,"op":"ping"}')
  await once(known.ws, 'message')
  assert.equal(isClosed, false)
  t.mock.timers.tick(1)
  assert.deepEqual(await silent.closed, { code: 4003, reason: 'hello_expected' })
  t.mock.timers.reset()
  // A client that has said hello may be silent for as long as the heart beats.
  await known.ok('ping')
})

test('a peer that answers nothing for two heartbeats is dead, and one that does anything is not', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const server = await startParlance()
  t.after(() => server.close())
  const { http } = await Victim.in(server)
  const [alive, dead] = await Promise.all([
    NativeSocket.live(server.url, http.token ?? ''),
    NativeSocket.live(server.url, http.token ?? '', undefined, { autoPong: false }),
  ])
  for (let beats = 0; beats < 2; beats++) {
    assert.equal(dead.ws.readyState, WebSocket.OPEN)
    const asked = [once(alive.ws, 'ping'), ...(beats === 0 ? [once(dead.ws, 'ping')] : [])]
    t.mock.timers.tick(BEAT_MS)
    await Promise.all(asked)
    // The pong is before it, in the order of the connection.
    await alive.ok('ping')
  }
  assert.equal((await dead.closed).code, 1006)
  await alive.ok('ping')
})

/** The dialect alone on a port, which lets few in who say nothing. */
async function lobby(t: TestContext) {
  const { chat, bus, clock } = await chatWith(t, 'ann')
  const limits: Limits = Object.assign(new Limits(true), { strangers: BOUNDS })
  const fail = (error: unknown): void => assert.fail(String(error))
  const dialect = mountNative(
    {
      ...{
        chat,
        clock,
        limits,
        answers: new LongAnswers(limits),
        feeds: openFeeds({ bus, chat, onError: fail }),
      },
      addressOf: addressReader(['127.0.0.9']),
      log: createLog('silent'),
      links: new FileLinks({ key: 'test', base: () => undefined }),
      about: { version: 'test', epoch: 'test', dialects: ['native'] },
      tally: newTally(),
      metrics: new Metrics(),
    },
    { publicUrl: undefined, allowedOrigins: [] },
  )
  const listener = createListener({
    handle: (_request, response) => plain(response, 404, ''),
    upgradeFor: (path) => dialect.upgrade?.(path),
  })
  const port = await listen(listener, '127.0.0.1', 0)
  t.after(async () => {
    await dialect.close()
    listener.close()
  })
  const { secret } = await chat.sessions.openDetailed(
    (await chat.accounts.findByUsername('ann'))?.accountId ?? assert.fail(),
    'native',
    { device: null, address: null },
  )
  const come = async (localAddress: string, forwardedFor?: string) => {
    const headers = forwardedFor === undefined ? {} : { 'X-Forwarded-For': forwardedFor }
    const ws = new WebSocket(`ws://127.0.0.1:${port}/v1/socket`, SUBPROTOCOL, { localAddress, headers })
    ws.on('error', () => undefined)
    t.after(() => ws.terminate())
    await once(ws, 'open')
    return ws
  }
  return { come, secret }
}

const isOpen = (ws: WebSocket | undefined): boolean => ws?.readyState === WebSocket.OPEN

test('the oldest of the many that say no hello from one address is cut off', async (t) => {
  const { come, secret } = await lobby(t)
  const known = await come('127.0.0.2')
  known.send(JSON.stringify({ op: 'hello', token: secret }))
  await once(known, 'message')
  const other = await come('127.0.0.3')
  const silent: WebSocket[] = []
  for (let n = 0; n <= BOUNDS.perAddress; n++) silent.push(await come('127.0.0.2'))
  await until('the oldest to be cut off', () => !isOpen(silent[0]))
  for (const ws of [known, other, ...silent.slice(1)]) assert.ok(isOpen(ws))
})

test('behind a proxy each counts for itself', async (t) => {
  const { come } = await lobby(t)
  const others = [await come('127.0.0.9', '203.0.113.1'), await come('127.0.0.9', '203.0.113.2')]
  const silent: WebSocket[] = []
  for (let n = 0; n < BOUNDS.perAddress; n++) silent.push(await come('127.0.0.9', '203.0.113.3'))
  for (const ws of [...others, ...silent]) assert.ok(isOpen(ws))
  silent.push(await come('127.0.0.9', '203.0.113.3'))
  await until('the oldest of one to be cut off', () => !isOpen(silent[0]))
  assert.ok(others.every(isOpen))
})

test('those who say no hello have a bound in all', async (t) => {
  const { come } = await lobby(t)
  const silent: WebSocket[] = []
  for (let n = 0; n <= BOUNDS.inAll; n++) silent.push(await come(`127.0.0.${20 + n}`))
  await until('the oldest to be cut off', () => !isOpen(silent[0]))
  assert.ok(silent.slice(1).every(isOpen))
})
