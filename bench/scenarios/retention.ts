import { setTimeout } from 'node:timers/promises'
import { Crowd } from '../load/crowd.ts'
import { keepInFlight } from '../load/flow.ts'
import { percentile } from '../measure/statistics.ts'
import type { Sample } from '../measurement.ts'
import type { Pace } from '../scenario.ts'
import { type PurgedWorld, startPurged } from '../targets/parlance/purged.ts'
import { finish } from './under-load.ts'

const SENDERS = 8
/** Factor on the measured seconds: a percentile needs enough messages, of which each waits for a commit. */
const LONGER = 4
const LOOK_MS = 50
/** A server looks for what is to be purged each minute. */
const MOST_WAIT_MS = 90_000

/** The time of a send, of eight in flight, before the oldest messages of another conversation are purged, and meanwhile. */
export async function retention(messages: number, pace: Pace): Promise<Sample> {
  const purged = await startPurged({ messages, people: SENDERS })
  try {
    return await measure(purged, { messages, pace })
  } finally {
    await purged.others.stop()
  }
}

async function measure(
  { others, order, count }: PurgedWorld,
  { messages, pace }: { messages: number; pace: Pace },
): Promise<Sample> {
  const crowd = await Crowd.gather(others, { conversations: 1, membersEach: SENDERS })
  let micros: number[] = []
  const flow = keepInFlight(crowd.speakers, 1, (took) => micros.push(took))
  const take = async (): Promise<readonly number[]> => {
    micros = []
    await setTimeout(pace.seconds * LONGER * 1000)
    return micros
  }
  await setTimeout(pace.warmUpSeconds * 1000)
  const before = await take()
  await order()
  const began = await begin(count)
  const startedAt = performance.now()
  const meanwhile = await take()
  const seconds = (performance.now() - startedAt) / 1000
  const gone = count() - began
  if (count() >= messages) throw new Error(`all ${messages} were purged before the measurement was over`)
  const counts = await finish(flow, crowd, others, undefined)
  crowd.close()
  const p99 = (all: readonly number[]): number => percentile(all, 0.99) / 1000
  return {
    'p50 ms': percentile(meanwhile, 0.5) / 1000,
    'p99 ms': p99(meanwhile),
    'p99 ms without': p99(before),
    'messages/s': meanwhile.length / seconds,
    'messages/s without': before.length / (pace.seconds * LONGER),
    'purged/s': gone / seconds,
    ...counts,
  }
}

/** Waits until messages are purged. Answers how many are. */
async function begin(count: () => number): Promise<number> {
  const deadline = performance.now() + MOST_WAIT_MS
  while (count() === 0) {
    if (performance.now() > deadline) throw new Error('nothing is purged')
    await setTimeout(LOOK_MS)
  }
  return count()
}
