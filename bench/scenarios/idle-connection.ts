import { setTimeout } from 'node:timers/promises'
import { Ear } from '../load/ear.ts'
import { residentBytes } from '../measure/usage.ts'
import type { Sample } from '../measurement.ts'
import type { Client, Running, Target } from '../target.ts'

const MEMBERS_EACH = 5
const AT_A_TIME = 32
const SETTLE_MS = 1_000

/** Memory that so many connected people who say nothing take, each. */
export async function idleConnection(target: Target, connections: number): Promise<Sample> {
  const world = { conversations: Math.ceil(connections / MEMBERS_EACH), membersEach: MEMBERS_EACH }
  const running = await target.start(world)
  try {
    // The first few bring code and buffers into memory that the others share.
    const first = await connect(running, 0, Math.floor(connections / 10))
    const before = await settledBytes(running)
    const others = await connect(running, first.length, connections)
    const after = await settledBytes(running)
    for (const client of [...first, ...others]) client.close()
    return { 'KB/connection': (after - before) / others.length / 1024, connections: others.length }
  } finally {
    await running.stop()
  }
}

async function connect(running: Running, from: number, to: number): Promise<readonly Client[]> {
  const clients: Client[] = []
  for (let next = from; next < to; next += AT_A_TIME) {
    const turn = Array.from({ length: Math.min(AT_A_TIME, to - next) }, (_, i) => {
      const number = next + i
      const place = { conversation: Math.floor(number / MEMBERS_EACH), member: number % MEMBERS_EACH }
      return running.connect(place, new Ear())
    })
    clients.push(...(await Promise.all(turn)))
  }
  return clients
}

/** Without garbage, where the server can be told to collect it. */
async function settledBytes(running: Running): Promise<number> {
  await setTimeout(SETTLE_MS)
  await running.collectGarbage?.()
  return residentBytes(running.pids)
}
