import { execFileSync } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { openHttp } from '../../load/http-client.ts'
import { percentile } from '../../measure/statistics.ts'
import type { Layout } from './layout.ts'
import { type ParlanceWorld, seed } from './seed.ts'
import { PASSWORD } from './seeding.ts'
import { startOn } from './server.ts'

const PAUSE_MS = 500

/**
 * Milliseconds from the command to the answer to somebody's password, over a database that is filled and up. The median
 * of all `starts`, as seeding still slows the first ones on the disk and the other core.
 */
export async function coldStartParlance(
  world: ParlanceWorld,
  { createStorage }: Layout,
  starts: number,
): Promise<number> {
  const storage = await createStorage()
  try {
    const conversations = await seed(storage, world)
    execFileSync('sync')
    const took: number[] = []
    for (let n = 0; n < starts; n++) {
      await setTimeout(PAUSE_MS)
      took.push(await start({ storage, conversations }))
    }
    return percentile(took, 0.5)
  } finally {
    await storage.remove()
  }
}

async function start(on: Parameters<typeof startOn>[0]): Promise<number> {
  const username = on.conversations[0]?.people[0]?.username
  const startedAt = performance.now()
  const parlance = await startOn(on)
  try {
    const http = await openHttp(parlance.port)
    const body = JSON.stringify({ username, password: PASSWORD })
    const { status } = await http.request({ method: 'POST', path: '/auth/login', body })
    const took = performance.now() - startedAt
    http.close()
    if (status !== 202) throw new Error(`the log-in was answered with ${status}`)
    return took
  } finally {
    await parlance.stop()
  }
}
