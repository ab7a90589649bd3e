import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { until } from '../../support/until.ts'
import { assertUnharmed, type Fortress, openFortress, residentMebibytes } from './fortress.ts'
import { type Ear, LISTEN, openTalk, Speaker, type Talk, upTo } from './talk.ts'

const BYTES = 7_500
/** Far more than both kernels' buffers and the server's own bound can hold. */
const COUNT = 3_000

interface Scene {
  readonly server: Fortress
  readonly talk: Talk
  readonly witnesses: readonly Ear[]
  readonly speaker: Speaker
}

/** A conversation that many listen to, each in another way. */
async function scene(t: TestContext): Promise<Scene> {
  const server = await openFortress(t)
  const talk = await openTalk(server.url)
  const witnesses = await Promise.all(Object.values(LISTEN).map((listen) => listen(talk, server)))
  const speaker = await Speaker.start(talk, BYTES)
  t.after(() => {
    for (const ear of [...witnesses, speaker]) ear.end()
  })
  return { server, talk, witnesses, speaker }
}

async function assertHeardAll(witnesses: readonly Ear[], count: number): Promise<void> {
  for (const { name, numbers } of witnesses) {
    await until(`${name} to have heard all`, () => numbers.length >= count, 10_000)
    assert.deepEqual(numbers, upTo(count), `${name}: every message, in order, once`)
  }
}

/** Reads a little now and then: much less than is said. */
function dawdle({ socket }: Ear): () => void {
  const stop = () => {
    socket.pause()
  }
  socket.on('data', stop)
  const timer = setInterval(() => socket.resume(), 50)
  return () => {
    clearInterval(timer)
    socket.off('data', stop)
    socket.resume()
  }
}

const FAREWELLS: Readonly<Record<string, number | string>> = {
  'raw TCP': 'closed',
  chatapp: 1013,
  'rooms over WebSocket': 1005,
  'groups over WebSocket': 1005,
  'rooms over polling': 'closed',
  Pusher: 4100,
}

test('who never reads is cut off, whatever the way, and nobody else notices', async (t) => {
  const { server, talk, witnesses, speaker } = await scene(t)
  const deaf = await Promise.all(Object.values(LISTEN).map((listen) => listen(talk, server)))
  for (const { socket } of deaf) socket.pause()
  const before = await residentMebibytes(server.url)
  await speaker.say(COUNT)
  const after = await residentMebibytes(server.url)
  t.diagnostic(`${before.toFixed()} MiB before, ${after.toFixed()} MiB after ${COUNT} messages`)
  await assertHeardAll(witnesses, COUNT)
  assert.ok(after - before < 250, `${before} MiB before, ${after} MiB after`)
  for (const ear of deaf) {
    ear.socket.resume()
    await until(`${ear.name} to be cut off`, () => ear.isCut())
    assert.ok(ear.numbers.length < COUNT, ear.name)
    assert.deepEqual(ear.numbers, upTo(ear.numbers.length), `${ear.name}: no hole before the end`)
  }
  assertUnharmed(server)
})

test('who reads too slowly is told so in the words of the dialect', async (t) => {
  const { server, talk, witnesses, speaker } = await scene(t)
  const slow = await Promise.all(Object.values(LISTEN).map((listen) => listen(talk, server)))
  const hurry = slow.map(dawdle)
  await speaker.say(COUNT)
  for (const [at, ear] of slow.entries()) {
    hurry[at]?.()
    await until(`${ear.name} to be cut off`, () => ear.isCut())
    assert.equal(ear.farewell(), FAREWELLS[ear.name], ear.name)
    assert.deepEqual(ear.numbers, upTo(ear.numbers.length), `${ear.name}: no hole before the end`)
  }
  await assertHeardAll(witnesses, COUNT)
  assertUnharmed(server)
})
