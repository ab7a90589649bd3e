import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { ChatappHttp } from '../support/chatapp.ts'
import { register } from '../support/rooms.ts'
import { START_MS, until } from '../support/until.ts'
import { carriesOn, heardBy, listenByTcp } from './listening.ts'
import { startPair } from './pair.ts'

/** Longer than the balancer takes to give up a node that does not answer. */
const OUTAGE_MS = 5_000

// Clients behind the load balancer of compose.yaml, when a node goes.

test('nodes are replaced one after another: nothing that is said is refused, and everybody comes back', async (t) => {
  const { nodes, balancer } = await startPair(t)
  const listeners = await carriesOn(t, balancer, async () => {
    for (const node of nodes) {
      assert.equal(await node.replace(), 0)
      // As compose does: the next one waits until this one is taken up again.
      await until('the balancer to have both nodes again', () => balancer.hasBoth())
    }
  })
  assert.ok(
    listeners.every(({ entries }) => entries >= 2),
    'each was sent away at least once',
  )
})

/** The number of chatapp's connections at a node, by its own count. */
async function countSockets({ url }: { readonly url: string }): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^parlance_connections\{dialect="chatapp"\} (\d+)$/m.exec(text)?.[1])
}

test('a node that hangs is given up: its clients are cut off and find the other', async (t) => {
  const { nodes, balancer } = await startPair(t)
  const person = await register(balancer.url, 'ann')
  const room = { person, gid: await person.createRoom() }
  const http = new ChatappHttp(balancer.url)
  t.after(() => http.close())
  const sockets = await Promise.all(Array.from({ length: 4 }, () => http.join('bob')))
  const raw = Array.from({ length: 4 }, () => listenByTcp(t, balancer, room))
  await heardBy(raw, room)
  const hanging = await countSockets(nodes[0])
  nodes[0].process.child.kill('SIGSTOP')
  t.after(() => void nodes[0].process.child.kill('SIGCONT'))
  const since = performance.now()
  const isOpen = ({ ws }: (typeof sockets)[number]) => ws.readyState === WebSocket.OPEN
  const left = sockets.length - hanging
  assert.ok(hanging > 0 && left > 0, `${hanging} of ${sockets.length} are at the node that hangs`)
  // HAProxy takes 12 s: it asks three times, a second apart, and waits three seconds for each answer.
  await until('those of that node to be cut off', () => sockets.filter(isOpen).length <= left, 60_000)
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
  await setTimeout(OUTAGE_MS)
  await engines.postgres.start()
  await until('somebody new to be let in', async () => (await fetch(`${balancer.url}/healthz`)).ok, START_MS)
  for (const socket of sockets) await socket.settle()
})
