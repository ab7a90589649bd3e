import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { assertUnharmed, metric, openFortress } from './fortress.ts'
import { Poller } from './poller.ts'
import { Speaker, upTo } from './speaker.ts'
import { openTalk, type Talk } from './talk.ts'

const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=96' }
const CROWD = 150
/** Messages and their bytes, as much as may wait for each poller: for all together, more than the heap. */
const [COUNT, BYTES] = [110, 8_000]

/** A poller in the room of the talk. It asks for nothing more by itself. */
async function enter(url: string, { bob, gid }: Talk): Promise<Poller> {
  const poller = await Poller.connect(url)
  const pass = JSON.stringify({ uuid: bob.uuid, room_gid: gid })
  assert.equal(await poller.post(`420["auth",${pass}]`), 200)
  await poller.heard('430')
  return poller
}

test('messages that wait for pollers are kept once, arrive in order, and end with pollers that are gone', async (t) => {
  const server = await openFortress(t, SMALL_HEAP)
  const talk = await openTalk(server.url)
  const speaker = await Speaker.start(talk, BYTES)
  const pollers = await Promise.all(Array.from({ length: CROWD }, () => enter(server.url, talk)))
  t.after(() => {
    for (const poller of [speaker, ...pollers]) poller.end()
  })
  // This session is opened and enters no room: it polls nothing.
  const handshake = await ask(server.url, '/socket.io/?EIO=4&transport=polling')
  const { sid } = JSON.parse(handshake.text.slice(1))
  await speaker.say(COUNT)
  const late = pollers.slice(0, 5)
  const heard = late.map((poller) => {
    const numbers: number[] = []
    poller.onPacket = (packet) => {
      const [, number] = /"(\d+):x/.exec(packet) ?? []
      if (number) numbers.push(Number(number))
    }
    poller.pollOn()
    return numbers
  })
  for (const numbers of heard) {
    await until('all messages', () => numbers.length === COUNT)
    assert.deepEqual(numbers, upTo(COUNT))
  }
  // The speaker is connected beside these.
  await until('the others to be cut off', async () => {
    return (await metric(server.url, 'parlance_connections')) <= late.length + 1
  })
  await until('the end of a session that never entered', async () => {
    const noop = '6'
    return (await ask(server.url, `/socket.io/?EIO=4&transport=polling&sid=${sid}`, noop)).status === 400
  })
  await speaker.say(1)
  for (const numbers of heard) await until('the next message', () => numbers.length === COUNT + 1)
  assertUnharmed(server)
})
