import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { io } from 'socket.io-client'
import type { Owner } from '../support/owner.ts'
import { RawListener, type RoomsMessage, type RoomsPerson, register } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import type { Behind } from './balancer.ts'

// Somebody who talks in a room, and listeners as there are in the wild, who come back when they were sent away.

interface Listening {
  readonly texts: readonly string[]
  /** How often it has come in. */
  readonly entries: number
}

interface Room {
  readonly person: RoomsPerson
  readonly gid: string
}

/** A client in the wild: Socket.IO 4 as it comes, which polls first and connects again by itself. */
function listenBySocketIo(owner: Owner, { url }: Behind, { person, gid }: Room): Listening {
  const heard = { texts: [] as string[], entries: 0 }
  const socket = io(url, { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200 })
  socket.on('connect', () => {
    socket.emit('auth', JSON.stringify({ uuid: person.uuid, room_gid: gid }), () => heard.entries++)
  })
  socket.on('message', ({ msg }: RoomsMessage) => heard.texts.push(msg.txt))
  owner.after(() => void socket.disconnect())
  return heard
}

/** Over raw TCP, connecting again whenever it was closed. */
export function listenByTcp(owner: Owner, { tcpPort }: Behind, { person, gid }: Room): Listening {
  const heard = { texts: [] as string[], entries: 0 }
  let isOver = false
  let listener: RawListener | undefined
  const keepOn = async () => {
    while (!isOver) {
      listener = new RawListener(tcpPort).write(JSON.stringify({ uuid: person.uuid, room_gid: gid }))
      heard.entries++
      await once(listener.socket, 'close')
      heard.texts.push(...listener.texts)
      await setTimeout(50)
    }
  }
  void keepOn()
  owner.after(() => {
    isOver = true
    listener?.end()
  })
  return {
    get texts() {
      return [...heard.texts, ...(listener?.isClosed ? [] : (listener?.texts ?? []))]
    },
    get entries() {
      return heard.entries
    },
  }
}

/** Says one thing after another until told to stop; each is refused or accepted. */
function talk({ person, gid }: Room): { stop(): Promise<{ accepted: string[]; refused: string[] }> } {
  let isOver = false
  const said = { accepted: [] as string[], refused: [] as string[] }
  const talking = (async () => {
    for (let n = 1; !isOver; n++) {
      const text = `message ${n}`
      const outcome = await person.send(gid, text).then(
        ({ ok, error }) => (ok ? undefined : JSON.stringify(error)),
        (error: Error) => `${error.message}: ${error.cause}`,
      )
      if (outcome === undefined) said.accepted.push(text)
      else said.refused.push(`${text}: ${outcome}`)
      await setTimeout(10)
    }
  })()
  return {
    async stop() {
      isOver = true
      await talking
      return said
    },
  }
}

/** Waits until each of them hears what is said now. */
export async function heardBy(listeners: readonly Listening[], { person, gid }: Room): Promise<void> {
  let probes = 0
  for (const listener of listeners) {
    await until(
      'a probe to be heard',
      async () => {
        const probe = `probe ${++probes}`
        await person.send(gid, probe)
        await setTimeout(50)
        return listener.texts.includes(probe)
      },
      20_000,
    )
  }
}

/**
 * While that is done somebody talks and eight listen: nothing that is said is refused or lost, and all hear again
 * afterwards. Answers them.
 */
export async function carriesOn(
  t: TestContext,
  behind: Behind,
  disturb: () => Promise<void>,
): Promise<readonly Listening[]> {
  const person = await register(behind.url, 'ann')
  const room = { person, gid: await person.createRoom() }
  const listeners = [
    ...Array.from({ length: 4 }, () => listenBySocketIo(t, behind, room)),
    ...Array.from({ length: 4 }, () => listenByTcp(t, behind, room)),
  ]
  await heardBy(listeners, room)
  const talking = talk(room)
  t.after(() => talking.stop())
  await disturb()
  const { accepted, refused } = await talking.stop()
  assert.deepEqual(refused, [])
  assert.ok(accepted.length > 100, `${accepted.length}`)
  await heardBy(listeners, room)
  const history = (await person.history(room.gid, '&limit=1000')).map(({ msg }) => msg.txt)
  assert.deepEqual(
    history.filter((text) => text.startsWith('message')),
    accepted,
  )
  return listeners
}
