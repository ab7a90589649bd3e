import { Ear } from '../load/ear.ts'
import type { Sample } from '../measurement.ts'
import type { Target } from '../target.ts'

interface ColdStart {
  /** Messages in the database. */
  readonly stored: number
  /** Starts of a target that is started apart from its seeding; their median counts. */
  readonly starts: number
}

/** From the command to the first person who is in. */
export async function coldStart(target: Target, { stored, starts }: ColdStart): Promise<Sample> {
  const world = { conversations: 1, membersEach: 1, history: stored }
  if (target.coldStart) return { 'ms to first log-in': await target.coldStart(world, starts) }
  const startedAt = performance.now()
  const running = await target.start(world)
  try {
    await running.connect({ conversation: 0, member: 0 }, new Ear())
    return { 'ms to first log-in': performance.now() - startedAt }
  } finally {
    await running.stop()
  }
}
