import type { Page } from 'playwright-core'
import { within } from '../load/within.ts'
import { framesDuring } from '../measure/page-frames.ts'
import { percentile } from '../measure/statistics.ts'
import type { Sample } from '../measurement.ts'
import type { Pace } from '../scenario.ts'
import { type ReaderWorld, startReaderWorld, talkOf } from '../targets/parlance/web.ts'

interface FramesSize {
  /** Messages that are stored in the long conversation. */
  readonly stored: number
  /** Messages that come while their reader is at the end of it. */
  readonly burst: number
  /** Times that a conversation is opened, and that the page is loaded. */
  readonly openings: number
}

interface Loaded {
  readonly paintMs: number
  readonly scriptBytes: number
}

const WHEEL_PIXELS = -400

/** A reader scrolls back, sees a burst of messages come, and goes from one conversation to another: the frames of each. */
export async function webFrames({ stored, burst, openings }: FramesSize, pace: Pace): Promise<Sample> {
  await using world = await startReaderWorld(stored)
  const loads = await load(world, openings)
  const page = await world.context.newPage()
  await page.goto(world.long)
  await toEnd(page, `message ${stored - 1}`)
  const before = await world.countStored()
  const bursting = await framesDuring(page, 'burst', () => hearBurst(page, world, burst))
  const accepted = (await world.countStored()) - before
  if (accepted !== burst) throw new Error(`${burst} messages were acknowledged, ${accepted} are stored`)
  const opening = await openInTurns(page, world, openings)
  await page.goto(world.long)
  await toEnd(page, LAST)
  const scrolling = await framesDuring(page, 'scroll', () => scrollBack(page, pace))
  return { ...scrolling, ...bursting, ...opening, ...loads, accepted, stored: accepted }
}

/** New pages, one after the other, from the address to the first thing painted, with nothing in the browser's cache. */
async function load({ context, url }: ReaderWorld, times: number): Promise<Sample> {
  const painted: number[] = []
  const bytes: number[] = []
  for (let n = 0; n < times; n++) {
    const page = await context.newPage()
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.setCacheDisabled', { cacheDisabled: true })
    await page.goto(url)
    await page.locator('nav.conversations a').first().waitFor()
    // It is told of after it was painted.
    await page.waitForFunction('bench.load().paintMs')
    const { paintMs, scriptBytes } = await page.evaluate<Loaded>('bench.load()')
    painted.push(paintMs)
    bytes.push(scriptBytes)
    await page.close()
  }
  return { 'first paint p50 ms': percentile(painted, 0.5), 'KB of script': percentile(bytes, 0.5) / 1024 }
}

const LAST = 'the last'

/** Leads to the end of the list. Resolves when a message is shown there, and it rests at its end. */
async function toEnd(page: Page, text: string): Promise<void> {
  await page.locator('.messages article').first().waitFor()
  await page.getByRole('textbox', { name: /^Message to/ }).press('Escape')
  await page.locator('.messages article').filter({ hasText: text }).waitFor()
  await within('the end of the list', page.evaluate('bench.restAtEnd()'))
}

/** Throws unless the last message of the burst is shown. */
async function hearBurst(page: Page, world: ReaderWorld, burst: number): Promise<void> {
  const bodies = Array.from({ length: burst }, (_, n) => (n === burst - 1 ? LAST : talkOf(n)))
  await world.say(bodies)
  await page.locator('.messages article').filter({ hasText: LAST }).waitFor()
}

async function openInTurns(page: Page, { long, short }: ReaderWorld, times: number): Promise<Sample> {
  const took: number[] = []
  const frames = await framesDuring(page, 'open', async () => {
    for (let n = 0; n < times; n++)
      for (const address of [short, long])
        took.push(await page.evaluate<number>(`bench.open(${JSON.stringify(address)})`))
  })
  return { ...frames, 'open p50 ms': percentile(took, 0.5) }
}

/** Turns the wheel at each frame. Throws unless the reader has come past what was loaded at first. */
async function scrollBack(page: Page, { seconds }: Pace): Promise<void> {
  const topSeq = () => page.evaluate<number>('bench.topSeq()')
  const before = await topSeq()
  await page.locator('.messages').hover()
  const endsAt = performance.now() + seconds * 1_000
  while (performance.now() < endsAt) {
    await page.mouse.wheel(0, WHEEL_PIXELS)
    await page.evaluate('bench.frame()')
  }
  if (!((await topSeq()) < before)) throw new Error('the reader has not moved')
}
