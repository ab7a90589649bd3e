import { setTimeout } from 'node:timers/promises'
import { now } from '../load/body.ts'
import { Crowd } from '../load/crowd.ts'
import { keepRate } from '../load/flow.ts'
import { beGreedy } from '../load/greedy.ts'
import { percentile } from '../measure/statistics.ts'
import { measureWindow } from '../measure/window.ts'
import type { Sample } from '../measurement.ts'
import type { Pace } from '../scenario.ts'
import type { Greed, GreedyWorld } from '../targets/parlance/greed.ts'
import { finish } from './under-load.ts'

/** A message every 50 ms. */
const PER_SECOND = 20
/** Messages per second, within a sender's allowance. */
const WARM_UP_PER_SECOND = 100
/** Factor on the measured seconds: messages are few, and a percentile needs enough of them. */
const LONGER = 4

/**
 * Latency from sending to delivery between two people, while an account with the default limits asks for the longest
 * answer as fast as it may. The measurement begins with the first of its requests, when its allowance is whole.
 */
export async function greedyNeighbour(
  greed: Greed,
  { size, pace }: { size: Parameters<Greed['start']>[0]; pace: Pace },
): Promise<Sample> {
  const { ask, others } = await greed.start(size)
  try {
    return await measure({ ask, others }, pace)
  } finally {
    await others.stop()
  }
}

async function measure({ ask, others }: GreedyWorld, { warmUpSeconds, seconds }: Pace): Promise<Sample> {
  const crowd = await Crowd.gather(others, { conversations: 1, membersEach: 2, speakers: 1 })
  const storedBefore = await others.countStored()
  const warmUp = keepRate(crowd.speakers, WARM_UP_PER_SECOND)
  await setTimeout(warmUpSeconds * 1000)
  warmUp.stop()
  await crowd.settle()
  const micros: number[] = []
  for (const { ear } of crowd.people) ear.onBody = ({ sentAt }) => void micros.push(now() - sentAt())
  const flow = keepRate(crowd.speakers, PER_SECOND)
  const greedy = beGreedy(ask)
  const window = await measureWindow(crowd, others, { warmUpSeconds: 0, seconds: seconds * LONGER })
  flow.stop()
  const { answers, refusals, bytes } = await greedy.stop()
  const counts = await finish(flow, crowd, others, storedBefore)
  crowd.close()
  return {
    'p50 ms': percentile(micros, 0.5) / 1000,
    'p99 ms': percentile(micros, 0.99) / 1000,
    'max ms': percentile(micros, 1) / 1000,
    'greedy answers/s': answers / window.seconds,
    'greedy refusals/s': refusals / window.seconds,
    'greedy MB/s': bytes / window.seconds / 1e6,
    'server CPU share': window.serverMicros / window.seconds / 1e6,
    ...counts,
  }
}
