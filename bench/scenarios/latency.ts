import { setTimeout } from 'node:timers/promises'
import { now } from '../load/body.ts'
import { keepInFlight, keepRate } from '../load/flow.ts'
import { percentile } from '../measure/statistics.ts'
import { measureWindow } from '../measure/window.ts'
import type { Sample } from '../measurement.ts'
import type { Pace } from '../scenario.ts'
import type { Target, World } from '../target.ts'
import { finish, withCrowd } from './under-load.ts'

const WARMING_UP = 8

/**
 * Messages at a steady rate, whether the server keeps up or not: from each one's sending to each delivery.
 * Before, messages one after another: a slow rate alone would never warm a compiler up.
 */
export function latency(
  target: Target,
  { world, perSecond, pace }: { world: World; perSecond: number; pace: Pace },
): Promise<Sample> {
  return withCrowd(target, world, async (crowd, running) => {
    const storedBefore = await running.countStored()
    const warmUp = keepInFlight(crowd.pick(WARMING_UP), 1)
    await setTimeout(pace.warmUpSeconds * 1000)
    warmUp.stop()
    await crowd.settle()
    const micros: number[] = []
    let isMeasured = false
    for (const { ear } of crowd.people) {
      ear.onBody = ({ sentAt }) => {
        if (isMeasured) micros.push(now() - sentAt())
      }
    }
    const flow = keepRate(crowd.speakers, perSecond)
    isMeasured = true
    const window = await measureWindow(crowd, running, { ...pace, warmUpSeconds: 0 })
    isMeasured = false
    const counts = await finish(flow, crowd, running, storedBefore)
    return {
      'p50 ms': percentile(micros, 0.5) / 1000,
      'p99 ms': percentile(micros, 0.99) / 1000,
      'messages/s': window.acknowledgements / window.seconds,
      'server CPU share': window.serverMicros / window.seconds / 1e6,
      'generator CPU share': window.generatorShare,
      ...counts,
    }
  })
}
