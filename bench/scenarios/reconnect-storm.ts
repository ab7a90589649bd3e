import { Crowd } from '../load/crowd.ts'
import type { Sample } from '../measurement.ts'
import type { Place, Target } from '../target.ts'

const CONVERSATIONS = 100

/** Everybody but one in each conversation drops, misses so many messages, and comes back at once. */
export async function reconnectStorm(
  target: Target,
  { clients, missedEach }: { clients: number; missedEach: number },
): Promise<Sample> {
  const world = { conversations: CONVERSATIONS, membersEach: clients / CONVERSATIONS + 1 }
  const running = await target.start(world)
  try {
    const { openReader } = running
    if (!openReader) throw new Error(`${target.name} has no history to read`)
    const crowd = await Crowd.gather(running, world)
    const dropping = crowd.people.filter(({ place }) => place.member > 0)
    for (const { client } of dropping) client.close()
    const speakers = crowd.people.filter(({ place }) => place.member === 0)
    for (let n = 0; n < missedEach; n++) for (const speaker of speakers) speaker.say()
    await crowd.acknowledged()
    const startedAt = performance.now()
    const missing = await Promise.all(dropping.map(({ place }) => comeBack(place, openReader, missedEach)))
    const seconds = (performance.now() - startedAt) / 1000
    crowd.close()
    return { 's to complete': seconds, 'missing messages': missing.reduce((sum, each) => sum + each, 0) }
  } finally {
    await running.stop()
  }
}

/** Answers how many of the missed messages its page does not have. */
async function comeBack(
  place: Place,
  openReader: NonNullable<Awaited<ReturnType<Target['start']>>['openReader']>,
  missed: number,
): Promise<number> {
  const reader = await openReader(place)
  const page = await reader.page(undefined)
  const counts = new Set(page())
  return Array.from({ length: missed }, (_, count) => count).filter((count) => !counts.has(count)).length
}
