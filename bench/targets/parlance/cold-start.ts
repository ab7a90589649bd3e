import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHttp } from '../../load/http-client.ts'
import { PASSWORD, seed } from './seed.ts'
import { type ParlanceWorld, startOn } from './server.ts'

/** Milliseconds from the command to the answer to somebody's password. */
export async function coldStartParlance(world: ParlanceWorld): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'parlance-bench-'))
  const file = join(directory, 'parlance.db')
  const conversations = await seed({ ...world, file, world })
  const username = conversations[0]?.people[0]?.username
  // What the seeding has left to the disk is not the start's to wait for.
  execFileSync('sync')
  const startedAt = performance.now()
  const parlance = await startOn({ directory, file, conversations })
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
    rmSync(directory, { recursive: true, force: true })
  }
}
