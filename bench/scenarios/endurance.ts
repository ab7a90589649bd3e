import { setTimeout } from 'node:timers/promises'
import { keepInFlight } from '../load/flow.ts'
import { residentBytes } from '../measure/usage.ts'
import type { Sample } from '../measurement.ts'
import type { Running, Target } from '../target.ts'
import { finish, withCrowd } from './under-load.ts'

const SPEAKERS = 64
const DEADLINE_MS = 120_000

/** Memory after a tenth of so many deliveries, and after all of them. */
export function endurance(
  target: Target,
  { deliveries, members }: { deliveries: number; members: number },
): Promise<Sample> {
  return withCrowd(target, { conversations: 1, membersEach: members }, async (crowd, running) => {
    const storedBefore = await running.countStored()
    const atStart = await megabytes(running)
    const flow = keepInFlight(crowd.pick(SPEAKERS), 1)
    const until = async (count: number) => {
      const deadline = performance.now() + DEADLINE_MS
      while (crowd.deliveries < count) {
        if (performance.now() > deadline) throw new Error('too slow to end')
        await setTimeout(20)
      }
    }
    await until(deliveries / 10)
    const early = await megabytes(running)
    await until(deliveries)
    const counts = await finish(flow, crowd, running, storedBefore)
    const late = await megabytes(running)
    return { 'MB at start': atStart, 'MB after 10 %': early, 'MB at end': late, ...counts }
  })
}

async function megabytes(running: Running): Promise<number> {
  await running.collectGarbage?.()
  return residentBytes(running.pids) / 1024 / 1024
}
