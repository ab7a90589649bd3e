import { Ear } from '../load/ear.ts'
import type { Sample } from '../measurement.ts'
import type { Target } from '../target.ts'

/** From the command to the first person who is in, over a database with so many messages. */
export async function coldStart(target: Target, stored: number): Promise<Sample> {
  const world = { conversations: 1, membersEach: 1, history: stored }
  if (target.coldStart) return { 'ms to first log-in': await target.coldStart(world) }
  const startedAt = performance.now()
  const running = await target.start(world)
  try {
    await running.connect({ conversation: 0, member: 0 }, new Ear())
    return { 'ms to first log-in': performance.now() - startedAt }
  } finally {
    await running.stop()
  }
}
