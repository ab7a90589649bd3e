import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { until } from '../../support/until.ts'
import { type Ear, LISTEN } from './ears.ts'
import { assertUnharmed, type Fortress, openFortress, residentMebibytes } from './fortress.ts'
import { Speaker, upTo } from './speaker.ts'
import { openTalk, type Talk } from './talk.ts'

const BYTES = 7_500
/** Far more than both kernels' buffers and the server's own bound can hold. */
const COUNT = 3_000

interface Scene {
  readonly server: Fortress
  readonly talk: Talk
  readonly witnesses: readonly Ear[]
  readonly speaker: Speaker
}

const listenInEveryWay = async (t: TestContext, talk: Talk, server: Fortress): Promise<readonly Ear[]> => {
  const ears = await Promise.all(Object.values(LISTEN).map((listen) => listen(talk, server)))
  t.after(() => {
    for (const ear of ears) ear.end()
  })
  return ears
}

/** A conversation that many listen to, each in another way. */
async function scene(t: TestContext): Promise<Scene> {
  const server = await openFortress(t)
  const talk = await openTalk(server.url)
  const witnesses = await listenInEveryWay(t, talk, server)
  const speaker = await Speaker.start(talk, BYTES)
  t.after(() => speaker.end())
  return { server, talk, witnesses, speaker }
}

async function assertHeardAll(witnesses: readonly Ear[], count: number): Promise<void> {
  for (const { name, numbers } of witnesses) {
    await until(`${name} to have heard all`, () => numbers.length >= count, 10_000)
    assert.deepEqual(numbers, upTo(count), `${name}: every message, in order, once`)
  }
}

const FAREWELLS: Readonly<Record<string, number | string>> = {
  native: 4101,
  'raw TCP': 'closed',
  chatapp: 1013,
  'rooms over WebSocket': 1005,
  'groups over WebSocket': 1005,
  'rooms over polling': 'closed',
  Pusher: 4100,
}

test('a client that never reads is cut off, whatever the transport, and nobody else notices', async (t) => {
  const { server, talk, witnesses, speaker } = await scene(t)
  const deaf = await listenInEveryWay(t, talk, server)
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
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  assert.equal(Number(/^parlance_slow_closes_total (\d+)$/m.exec(metrics)?.[1]), deaf.length)
  assertUnharmed(server)
})

/**
 * Messages between two reads, a few more each time: a client that is cut off still reads the reason, before the
 * server stops waiting for that. The last bursts exceed the 36 MiB that Linux's own buffers of a TCP connection may
 * grow to (`tcp_rmem`, `tcp_wmem`), as they do on a machine that is busy.
 */
const BURSTS = [400, 500, 600, 750, 950, 1_200, 1_500, 1_900, 2_400, 3_600, 5_400, 8_100]

test('a client that reads too slowly is told so in the words of the dialect', async (t) => {
  const { server, talk, witnesses, speaker } = await scene(t)
  const slow = await listenInEveryWay(t, talk, server)
  let said = 0
  for (const burst of BURSTS) {
    const present = slow.filter((ear) => !ear.isCut())
    if (present.length === 0) break
    for (const { socket } of present) socket.pause()
    await speaker.say(burst)
    said += burst
    for (const { socket } of present) socket.resume()
    const haveReadAll = () => present.every((ear) => ear.isCut() || ear.numbers.length === said)
    await until('the slow to read what there is', haveReadAll)
  }
  for (const ear of slow) {
    assert.ok(ear.isCut(), `${ear.name} is cut off`)
    assert.equal(ear.farewell(), FAREWELLS[ear.name], ear.name)
    assert.deepEqual(ear.numbers, upTo(ear.numbers.length), `${ear.name}: no hole before the end`)
  }
  await assertHeardAll(witnesses, said)
  assertUnharmed(server)
})
