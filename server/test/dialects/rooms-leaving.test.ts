import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, type TestContext, test } from 'node:test'
import type { Account, Conversation } from '../../src/core/chat.ts'
import { RawListener, type RoomsPerson, register, SocketIoListener } from '../support/rooms.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

// Somebody leaves a room, through another dialect, while a connection of theirs is on its way in.

let server: TestServer
let ann: RoomsPerson
let ben: RoomsPerson
let gid: string
/** Ann in the room. */
let witness: SocketIoListener
before(async () => {
  server = await startParlance()
  ;[ann, ben] = [await register(server.url, 'ann'), await register(server.url, 'ben')]
})
beforeEach(async () => {
  gid = await ann.createRoom()
  await ben.send(gid, 'ben is a member')
  witness = await new SocketIoListener(server.url).entered(ann, gid)
})
afterEach(() => witness.end())
after(() => server.close())

/** The membership check after which Ben leaves: the first or the second. */
const MOMENTS = {
  'after it was first found that he is a member': 1,
  'once the connection hears of what happens to him': 2,
} as const

function leaveAt(t: TestContext, nth: number): void {
  const { conversations } = server.chat
  const standing = conversations.standing.bind(conversations)
  t.mock.method(conversations, 'standing', once(standing, nth, leave))
}

/** After the nth call, and before it is answered. */
function once<Args extends readonly unknown[], Result>(
  call: (...args: Args) => Promise<Result>,
  nth: number,
  act: () => Promise<void>,
) {
  let calls = 0
  return async (...args: Args): Promise<Result> => {
    const isNow = ++calls === nth
    const result = await call(...args)
    if (isNow) await act()
    return result
  }
}

async function leave(): Promise<void> {
  const { accounts, conversations } = server.chat
  const [account, room] = await Promise.all([
    accounts.findByUsername(ben.login),
    conversations.findByGid(gid),
  ])
  await conversations.leave((account as Account).accountId, room as Conversation)
}

for (const [moment, nth] of Object.entries(MOMENTS)) {
  describe(`a person who leaves ${moment}`, () => {
    test('is neither told of the room over Socket.IO, nor shown there', async (t) => {
      const home = await ben.createRoom()
      leaveAt(t, nth)
      const listener = new SocketIoListener(server.url)
      assert.equal(await listener.auth({ uuid: ben.uuid, room_gid: gid }), 'acknowledged')
      await ann.send(gid, 'the end')
      await until('the end', () => witness.texts.includes('the end'))
      // Events of the room that he left would arrive before those of his own room.
      await listener.auth({ uuid: ben.uuid, room_gid: home })
      await until('the own arrival', () => listener.payloads('join_room').length > 0)
      assert.deepEqual(listener.texts, [])
      assert.equal(listener.payloads('join_room').length, 1)
      assert.deepEqual(
        witness.log.map(([what]) => what),
        ['message'],
      )
      listener.end()
    })

    test('is let go over raw TCP', async (t) => {
      leaveAt(t, nth)
      const listener = new RawListener(server.tcpPort ?? 0)
      listener.write(JSON.stringify({ uuid: ben.uuid, room_gid: gid }))
      await listener.closed()
      assert.equal(listener.heard, '')
    })
  })
}
