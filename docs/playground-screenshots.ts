import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { createServer, readConfig } from '../server/src/server.ts'
import { animationOf, type Still } from './animation.ts'

// Makes the pictures of the playground in `docs/screenshots`, and its animation: `npx node docs/playground-screenshots.ts`.
// Needs Debian's `chromium` and `fonts-noto-color-emoji`. The animation is one PNG, which `animation.ts` makes of pictures of the page.

const OUT = join(import.meta.dirname, 'screenshots')
const PROGRAM = process.env.PARLANCE_TEST_CHROMIUM ?? '/usr/bin/chromium'
const RAW_PORT = '2004'
const VIEWS: Readonly<Record<string, BrowserContextOptions>> = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
}
const DIALECTS = ['rooms', 'chatapp', 'groups', 'messenger', 'channels', 'native']
const TALK: readonly (readonly [where: string, text: string])[] = [
  ['chatapp', 'Good morning from a WebSocket 👋'],
  ['rooms', 'And from plain HTTP. I hear you twice'],
  ['native', 'Six clients, one log'],
]
/** Milliseconds of a flight between two pictures of it, and of all flights of a message. */
const STEP_MS = 70
const FLIGHTS_MS = 980
/** Run in the page: a flight that begins stands still. */
const HOLD = `{
  const begin = Element.prototype.animate
  Element.prototype.animate = function (...how) {
    const flight = begin.apply(this, how)
    flight.pause()
    return flight
  }
}`
const HELD = "document.getAnimations().filter(({ playState }) => playState === 'paused')"
/** Bytes of the animation at most: the README loads it. */
const MOST_BYTES = 1.5 * 1024 * 1024

const directory = mkdtempSync(join(tmpdir(), 'parlance-playground-'))
const server = await createServer(
  readConfig({
    PORT: '0',
    ROOMS_TCP_PORT: process.env.ROOMS_TCP_PORT ?? RAW_PORT,
    DBPATH: join(directory, 'parlance.db'),
    LOG_LEVEL: 'error',
  }),
)
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
const browser = await chromium.launch({ executablePath: PROGRAM, args })
try {
  await takeAll(browser)
  await animate(browser)
} finally {
  await browser.close()
  await server.close()
  rmSync(directory, { recursive: true })
}

async function takeAll(browser: Browser): Promise<void> {
  for (const [view, options] of Object.entries(VIEWS))
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await enter(browser, { colorScheme, ...options })
      for (const [where, text] of TALK) await say(page, where, text)
      await page.evaluate('scrollTo(0, 0)')
      await page.screenshot({ path: join(OUT, `playground-${view}-${colorScheme}.png`) })
      if (view === 'desktop') {
        await page.getByRole('button', { name: 'Copy channels as' }).click()
        await page.screenshot({ path: join(OUT, `playground-code-${view}-${colorScheme}.png`) })
      }
      await page.context().close()
    }
}

/** Each flight is held and moved step by step, so that a slow machine makes the same pictures. */
async function animate(browser: Browser): Promise<void> {
  const page = await enter(browser, { colorScheme: 'dark', viewport: { width: 1200, height: 750 } })
  await page.evaluate(HOLD)
  const stills: Still[] = []
  const take = async (ms: number) => {
    stills.push({ png: await page.screenshot(), ms })
  }
  await take(800)
  for (const [where, text] of TALK) {
    await say(page, where, text)
    for (let at = 0; at <= FLIGHTS_MS; at += STEP_MS) {
      await page.evaluate(`${HELD}.forEach((flight) => (flight.currentTime = ${at}))`)
      await take(STEP_MS)
    }
    await page.evaluate(`${HELD}.forEach((flight) => flight.finish())`)
    await take(1_800)
  }
  const animation = animationOf(stills)
  writeFileSync(join(OUT, 'playground.png'), animation)
  process.stdout.write(
    `the animation has ${stills.length} pictures and ${Math.round(animation.length / 1024)} KB\n`,
  )
  if (animation.length > MOST_BYTES) throw new Error(`the animation may have ${MOST_BYTES / 1024} KB at most`)
}

async function enter(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'en-GB', ...options })).newPage()
  page.setDefaultTimeout(120_000)
  await page.goto(`${server.url}/playground`)
  for (const name of DIALECTS) await page.locator(`#${name} [data-is="live"]`).waitFor()
  return page
}

/** In order: the next one speaks when all six have heard this. */
async function say(page: Page, where: string, text: string): Promise<void> {
  const field = page.getByRole('textbox', { name: `Say in ${where}` })
  await field.fill(text)
  await field.press('Enter')
  for (const name of DIALECTS) await page.locator(`#${name} .said li`).filter({ hasText: text }).waitFor()
}
