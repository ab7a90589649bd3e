import { setTimeout } from 'node:timers/promises'
import type { Crowd } from '../load/crowd.ts'
import { cpuMicros } from './usage.ts'

/** What happened in a stretch of time under steady load. */
export interface Window {
  readonly seconds: number
  readonly deliveries: number
  readonly acknowledgements: number
  /** Processor time of the server, in microseconds. */
  readonly serverMicros: number
  /** The load generator's share of its core. Near 1, it is the generator that was measured. */
  readonly generatorShare: number
}

export async function measureWindow(
  crowd: Crowd,
  pids: readonly number[],
  { warmUpSeconds, seconds }: { warmUpSeconds: number; seconds: number },
): Promise<Window> {
  await setTimeout(warmUpSeconds * 1000)
  const before = snapshot(crowd, pids)
  await setTimeout(seconds * 1000)
  const after = snapshot(crowd, pids)
  const elapsed = after.at - before.at
  return {
    seconds: elapsed,
    deliveries: after.deliveries - before.deliveries,
    acknowledgements: after.acknowledgements - before.acknowledgements,
    serverMicros: after.serverMicros - before.serverMicros,
    generatorShare: (after.generatorMicros - before.generatorMicros) / (elapsed * 1e6),
  }
}

function snapshot(crowd: Crowd, pids: readonly number[]) {
  const { user, system } = process.cpuUsage()
  return {
    at: performance.now() / 1000,
    deliveries: crowd.deliveries,
    acknowledgements: crowd.acknowledgements,
    serverMicros: cpuMicros(pids),
    generatorMicros: user + system,
  }
}
