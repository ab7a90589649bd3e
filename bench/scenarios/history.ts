import { setTimeout } from 'node:timers/promises'
import { percentile } from '../measure/statistics.ts'
import type { Sample } from '../measurement.ts'
import type { Pace } from '../scenario.ts'
import type { PageReader, Target } from '../target.ts'

const READERS = 8
/** The page around a point: as many before it as after. */
const HALF_PAGE = 50

/** Readers that ask for a page as soon as they have the one before: half the time the newest, half anywhere. */
export async function history(
  target: Target,
  { stored, pace }: { stored: number; pace: Pace },
): Promise<Sample> {
  const running = await target.start({ conversations: 1, membersEach: READERS, history: stored })
  try {
    const { openReader } = running
    if (!openReader) throw new Error(`${target.name} has no history to read`)
    const readers = await Promise.all(
      Array.from({ length: READERS }, (_, member) => openReader({ conversation: 0, member })),
    )
    const newest = await readAll(readers, pace, () => undefined)
    const around = await readAll(readers, pace, () => 1 + HALF_PAGE + Math.floor(Math.random() * stored))
    for (const reader of readers) reader.close()
    return {
      'newest p50 ms': percentile(newest, 0.5),
      'newest p99 ms': percentile(newest, 0.99),
      'around p50 ms': percentile(around, 0.5),
      'around p99 ms': percentile(around, 0.99),
      'pages/s': (newest.length + around.length) / pace.seconds,
    }
  } finally {
    await running.stop()
  }
}

/** Milliseconds that each page took, after the warm-up. */
async function readAll(
  readers: readonly PageReader[],
  { warmUpSeconds, seconds }: Pace,
  before: () => number | undefined,
): Promise<readonly number[]> {
  const took: number[] = []
  let isMeasured = false
  let isOver = false
  const reading = readers.map(async (reader) => {
    while (!isOver) {
      const startedAt = performance.now()
      await reader.page(before())
      if (isMeasured) took.push(performance.now() - startedAt)
    }
  })
  await setTimeout(warmUpSeconds * 1000)
  isMeasured = true
  await setTimeout((seconds / 2) * 1000)
  isOver = true
  await Promise.all(reading)
  return took
}
