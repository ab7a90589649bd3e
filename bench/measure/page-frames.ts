import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { Sample } from '../measurement.ts'
import { percentile } from './statistics.ts'

/** A script for pages, by which the bench asks them. */
export const IN_PAGE = join(import.meta.dirname, 'in-page.js')

/** The frames of a page while something is done in it, and the processor time of the busiest. */
export async function framesDuring(page: Page, name: string, deed: () => Promise<unknown>): Promise<Sample> {
  const browser = page.context().browser()
  await browser?.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] })
  await page.evaluate('bench.watchFrames()')
  await deed()
  const took = await page.evaluate<readonly number[]>('bench.endFrames()')
  const trace = await browser?.stopTracing()
  return {
    [`${name} p99 ms`]: percentile(took, 0.99),
    [`${name} longest ms`]: Math.max(...took),
    [`${name} busiest CPU ms`]: busiestFrame(String(trace)),
    [`${name} frames`]: took.length,
  }
}

/** An event of Chromium's trace format: its time and its processor time, in microseconds. */
interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly tdur?: number
}

const FRAME = 'FireAnimationFrame'

/** Milliseconds of the processor that a page's main thread took at most from one frame to the next. */
function busiestFrame(trace: string): number {
  const { traceEvents }: { traceEvents: readonly TraceEvent[] } = JSON.parse(trace)
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`
  const pages = new Set(traceEvents.filter(({ name }) => name === FRAME).map(threadOf))
  const events = traceEvents
    .filter((event) => pages.has(threadOf(event)) && (event.name === FRAME || event.name.endsWith('RunTask')))
    .toSorted((a, b) => a.ts - b.ts)
  if (events.length === 0) throw new Error('the trace has no frame of a page')
  // A task begins before the frame that it draws: its time counts for the next one, to which it leads as well.
  const frames = [0]
  for (const { name, tdur = 0 } of events)
    if (name === FRAME) frames.push(0)
    else frames[frames.length - 1] = (frames.at(-1) ?? 0) + tdur
  return Math.max(...frames) / 1_000
}
