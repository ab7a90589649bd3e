import { setTimeout } from 'node:timers/promises'
import type { Crowd } from '../load/crowd.ts'
import type { Running } from '../target.ts'
import { cpuMicros } from './usage.ts'

/** Counts and processor time of a stretch of time under steady load. */
export interface Window {
  readonly seconds: number
  readonly deliveries: number
  readonly acknowledgements: number
  /** Processor time of the server, in microseconds. */
  readonly serverMicros: number
  /** The engines' part of it, by their names; undefined where they are not told apart. */
  readonly engineMicros: Readonly<Record<string, number>> | undefined
  /** The load generator's share of its core. Near 1, it is the generator that was measured. */
  readonly generatorShare: number
}

export async function measureWindow(
  crowd: Crowd,
  running: Running,
  { warmUpSeconds, seconds }: { warmUpSeconds: number; seconds: number },
): Promise<Window> {
  await setTimeout(warmUpSeconds * 1000)
  const before = snapshot(crowd, running)
  await setTimeout(seconds * 1000)
  const after = snapshot(crowd, running)
  const elapsed = after.at - before.at
  return {
    seconds: elapsed,
    deliveries: after.deliveries - before.deliveries,
    acknowledgements: after.acknowledgements - before.acknowledgements,
    serverMicros: after.serverMicros - before.serverMicros,
    engineMicros:
      after.engineMicros &&
      mapValues(after.engineMicros, (micros, name) => micros - (before.engineMicros?.[name] ?? 0)),
    generatorShare: (after.generatorMicros - before.generatorMicros) / (elapsed * 1e6),
  }
}

function snapshot(crowd: Crowd, { pids, engines }: Running) {
  const { user, system } = process.cpuUsage()
  return {
    at: performance.now() / 1000,
    deliveries: crowd.deliveries,
    acknowledgements: crowd.acknowledgements,
    serverMicros: cpuMicros(pids),
    engineMicros: engines && mapValues(engines, cpuMicros),
    generatorMicros: user + system,
  }
}

const mapValues = <From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From, name: string) => To,
): Readonly<Record<string, To>> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]))
