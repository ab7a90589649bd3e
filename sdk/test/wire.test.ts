import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { backoffMs } from '../src/wire/backoff.ts'
import { newWorld } from './world.ts'

test('a wait lies between a quarter of a second and 20 s, and is spread over a bound that doubles', () => {
  fc.assert(
    fc.property(
      fc.nat(1_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, random) => {
        const wait = backoffMs(attempt, () => random)
        assert.ok(wait >= 250 && wait <= Math.min(20_000, 500 * 2 ** attempt))
      },
    ),
  )
  assert.deepEqual(
    [0, 1, 2, 20].map((attempt) => backoffMs(attempt, () => 0.5)),
    [375, 625, 1_125, 10_125],
  )
})

test('a client without a network tries again and again, ever more seldom', async () => {
  const { server, clock, alice, connect } = newWorld()
  const client = await connect(alice)
  server.network.goOffline()
  let attempts = 0
  client.connection.subscribe(() => {
    if (client.connection.get().phase === 'connecting') attempts += 1
  })
  await clock.advance(10_000)
  const first = attempts
  assert.ok(first >= 3)
  await clock.advance(600_000)
  assert.ok(attempts - first >= 30 && attempts - first <= 120, String(attempts))
})

test('a client whose network comes back connects at once', async () => {
  const { server, clock, alice, connect } = newWorld()
  const client = await connect(alice)
  server.network.goOffline()
  await clock.advance(300_000)
  server.network.goOnline()
  await clock.advance(50)
  assert.equal(client.connection.get().phase, 'live')
})

test('a connection that is silent for 40 s is dead', async () => {
  const { server, conversation, clock, alice, bob, connect } = newWorld()
  const client = await connect(alice)
  await clock.advance(300_000)
  assert.equal(client.connection.get().phase, 'live')
  conversation.send(bob.account.id, { clientId: '1', body: 'a frame' })
  await clock.advance(10)
  server.network.script = { ...server.network.script, loses: () => true }
  await clock.advance(35_000)
  assert.equal(client.connection.get().phase, 'live')
  await clock.advance(15_000)
  assert.notEqual(client.connection.get().phase, 'live')
})

test('after sleep a connection has to prove that it lives', async () => {
  const { server, clock, alice, connect } = newWorld()
  const client = await connect(alice)
  server.network.script = { ...server.network.script, loses: () => true }
  clock.sleep(20_000)
  await clock.advance(11_000)
  assert.notEqual(client.connection.get().phase, 'live')
})

test('a close code says whether to come back, and when', async () => {
  for (const [code, phase] of [
    [4001, 'ended'],
    [4100, 'waiting'],
    [4200, 'live'],
    [1011, 'waiting'],
  ] as const) {
    const { server, clock, alice, connect } = newWorld()
    const client = await connect(alice)
    await clock.advance(20_000)
    server.closeAll(code, 'word')
    await clock.advance(200)
    assert.equal(client.connection.get().phase, phase, String(code))
  }
})

test('a server that closes at once again and again is not stormed', async () => {
  const { server, clock, alice, connect } = newWorld()
  const client = await connect(alice)
  let attempts = 0
  client.connection.subscribe(() => {
    if (client.connection.get().phase !== 'live') return
    attempts += 1
    server.closeAll(4200, 'again')
  })
  server.closeAll(4200, 'again')
  await clock.advance(60_000)
  assert.ok(attempts < 30, String(attempts))
})

test('after a goodbye a client waits as long as it was told', async () => {
  const { server, clock, alice, connect } = newWorld()
  const client = await connect(alice)
  await clock.advance(20_000)
  server.sayGoodbye(3_000)
  await clock.advance(10)
  server.closeAll(4200, 'drain')
  await clock.advance(2_000)
  assert.equal(client.connection.get().phase, 'waiting')
  await clock.advance(1_500)
  assert.equal(client.connection.get().phase, 'live')
})

test('a connection that is lost after a goodbye is made again as any other, and no later one waits for it', async () => {
  const { server, clock, alice, connect } = newWorld()
  const client = await connect(alice)
  await clock.advance(20_000)
  server.sayGoodbye(300_000)
  await clock.advance(10)
  server.closeAll(1006, 'cut')
  await clock.advance(5_000)
  assert.equal(client.connection.get().phase, 'live')
  await clock.advance(20_000)
  server.closeAll(4200, 'another node goes')
  await clock.advance(1_000)
  assert.equal(client.connection.get().phase, 'live')
})

test('a client that is told to reconnect does not wait for its next attempt', async () => {
  const { server, clock, alice, connect } = newWorld()
  const client = await connect(alice)
  server.sayGoodbye(60_000)
  await clock.advance(10)
  server.closeAll(4200, 'drain')
  await clock.advance(2_000)
  assert.equal(client.connection.get().phase, 'waiting')
  client.reconnect()
  await clock.advance(50)
  assert.equal(client.connection.get().phase, 'live')
})

test('a token that is not valid ends it, and whoever waits is told', async () => {
  const { clock, server, alice, connect } = newWorld()
  const client = await connect({ ...alice, token: 'other' })
  await clock.advance(100)
  await assert.rejects(client.ready(), { code: 'ended', message: '4001 not_authorized' })
  assert.equal(server.connections, 0)
})
