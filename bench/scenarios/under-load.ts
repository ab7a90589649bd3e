import { Crowd, type Person } from '../load/crowd.ts'
import { type Flow, keepInFlight } from '../load/flow.ts'
import { percentile } from '../measure/statistics.ts'
import { measureWindow, type Window } from '../measure/window.ts'
import type { Sample } from '../measurement.ts'
import type { Pace } from '../scenario.ts'
import type { Running, Target, World } from '../target.ts'

/** Starts a target, connects everybody, and stops it all however that ends. */
export async function withCrowd<T>(
  target: Target,
  world: World,
  use: (crowd: Crowd, running: Running) => Promise<T>,
): Promise<T> {
  const running = await target.start(world)
  try {
    const crowd = await Crowd.gather(running, world)
    const result = await use(crowd, running)
    crowd.close()
    return result
  } finally {
    await running.stop()
  }
}

interface LoadOptions {
  readonly world: World
  readonly inFlight: number
  readonly pace: Pace
}

/** Everything under a steady load: what was sent, stored and delivered is compared before it counts. */
export function underLoad(target: Target, { world, inFlight, pace }: LoadOptions): Promise<Sample> {
  return withCrowd(target, world, async (crowd, running) => {
    const storedBefore = await running.countStored()
    const speakers = crowd.pick(inFlight)
    const roundTrips: number[] = []
    const flow = keepInFlight(speakers, Math.max(1, Math.floor(inFlight / speakers.length)), (micros) =>
      roundTrips.push(micros),
    )
    const window = await measureWindow(crowd, running, pace)
    const counts = await finish(flow, crowd, running, storedBefore)
    return { ...figures(window), ...roundTripFigures(roundTrips), ...counts }
  })
}

function figures(window: Window): Sample {
  const { seconds, deliveries, acknowledgements, serverMicros, generatorShare } = window
  return {
    ...(deliveries > 0 && {
      'deliveries/s': deliveries / seconds,
      ...costs('delivery', deliveries, window),
    }),
    'messages/s': acknowledgements / seconds,
    ...costs('message', acknowledgements, window),
    'server CPU share': serverMicros / seconds / 1e6,
    'generator CPU share': generatorShare,
  }
}

/** Processor time of all server processes; also of the nodes and of each engine, where they are told apart. */
function costs(
  operation: 'delivery' | 'message',
  count: number,
  { serverMicros, engineMicros }: Window,
): Sample {
  const whole = `CPU µs/${operation}`
  if (!engineMicros) return { [whole]: serverMicros / count }
  const inEngines = Object.entries(engineMicros)
  const inNodes = inEngines.reduce((rest, [, micros]) => rest - micros, serverMicros)
  const parts = [['nodes', inNodes] as const, ...inEngines]
  return {
    [whole]: serverMicros / count,
    ...Object.fromEntries(parts.map(([name, micros]) => [`${whole} in ${name}`, micros / count])),
  }
}

const roundTripFigures = (micros: readonly number[]): Sample => ({
  'p50 ms': percentile(micros, 0.5) / 1000,
  'p99 ms': percentile(micros, 0.99) / 1000,
})

/** Lets what is in flight arrive, and compares the three counts. Throws when a message is missing somewhere. */
export async function finish(
  flow: Flow,
  crowd: Crowd,
  running: Running,
  storedBefore: number | undefined,
): Promise<Sample> {
  flow.stop()
  await crowd.settle()
  const stored = await running.countStored()
  const accepted = crowd.acknowledgements
  if (stored !== undefined && storedBefore !== undefined && stored - storedBefore !== accepted) {
    throw new Error(`${accepted} messages were acknowledged, ${stored - storedBefore} are stored`)
  }
  return {
    accepted,
    ...(stored !== undefined && { stored: stored - (storedBefore ?? 0) }),
    delivered: crowd.deliveries,
  }
}

export type { Person }
