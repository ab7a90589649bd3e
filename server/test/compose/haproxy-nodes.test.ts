import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { io } from 'socket.io-client'
import { WebSocket } from 'ws'
import { ChatappHttp } from '../support/chatapp.ts'
import type { Owner } from '../support/owner.ts'
import { RawListener, type RoomsMessage, type RoomsPerson, register } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import type { Behind } from './balancer.ts'
import { startPair } from './pair.ts'

// What becomes of clients behind the load balancer of compose.yaml when a node goes.

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
function listenByTcp(owner: Owner, { tcpPort }: Behind, { person, gid }: Room): Listening {
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
        (error) => String(error),
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

async function heardBy(listeners: readonly Listening[], { person, gid }: Room): Promise<void> {
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

test('nodes are replaced one after another: nothing that is said is refused, and everybody comes back', async (t) => {
  const { nodes, balancer } = await startPair(t)
  const person = await register(balancer.url, 'ann')
  const room = { person, gid: await person.createRoom() }
  const listeners = [
    ...Array.from({ length: 4 }, () => listenBySocketIo(t, balancer, room)),
    ...Array.from({ length: 4 }, () => listenByTcp(t, balancer, room)),
  ]
  await heardBy(listeners, room)
  const talking = talk(room)
  for (const node of nodes) {
    await setTimeout(300)
    assert.equal(await node.replace(), 0)
    // As compose does: the next one waits until this one is taken up again.
    await setTimeout(3_000)
  }
  const { accepted, refused } = await talking.stop()
  assert.deepEqual(refused, [])
  assert.ok(accepted.length > 100, `${accepted.length}`)
  await heardBy(listeners, room)
  assert.ok(
    listeners.every(({ entries }) => entries >= 2),
    'each was sent away at least once',
  )
  const history = (await person.history(room.gid, '&limit=1000')).map(({ msg }) => msg.txt)
  assert.deepEqual(
    history.filter((text) => text.startsWith('message')),
    accepted,
  )
})

test('a node that hangs is given up: its clients are cut off and find the other', async (t) => {
  const { nodes, balancer } = await startPair(t)
  const person = await register(balancer.url, 'ann')
  const room = { person, gid: await person.createRoom() }
  const http = new ChatappHttp(balancer.url)
  t.after(() => http.close())
  const sockets = await Promise.all(Array.from({ length: 4 }, () => http.join('bob')))
  const raw = Array.from({ length: 4 }, () => listenByTcp(t, balancer, room))
  await heardBy(raw, room)
  nodes[0].process.child.kill('SIGSTOP')
  t.after(() => void nodes[0].process.child.kill('SIGCONT'))
  const since = performance.now()
  const isOpen = ({ ws }: (typeof sockets)[number]) => ws.readyState === WebSocket.OPEN
  await until('those of one node to be cut off', () => sockets.filter(isOpen).length <= 2, 20_000)
  t.diagnostic(`cut off after ${Math.round(performance.now() - since)} ms`)
  await heardBy(raw, room)
  await http.join('carol')
})

test('while the database is away connections stay, and go on when it is back', async (t) => {
  const { engines, nodes, balancer } = await startPair(t)
  const http = new ChatappHttp(balancer.url)
  t.after(() => http.close())
  const sockets = await Promise.all(Array.from({ length: 4 }, () => http.join('bob')))
  await engines.postgres.stop()
  await until(
    'both nodes to say that they cannot serve',
    async () => {
      const answers = await Promise.all(nodes.map(({ url }) => fetch(`${url}/readyz`)))
      return answers.every(({ status }) => status === 503)
    },
    20_000,
  )
  await until('nobody new to be let in', async () => (await fetch(`${balancer.url}/healthz`)).status === 503)
  await setTimeout(5_000)
  await engines.postgres.start()
  await until('somebody new to be let in', async () => (await fetch(`${balancer.url}/healthz`)).ok, 20_000)
  for (const socket of sockets) await socket.settle()
})
