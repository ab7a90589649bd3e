import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { createServer, readConfig } from '../server/src/server.ts'

// Makes the pictures of the web client in `docs/screenshots`: `npx node docs/screenshots.ts`. Needs Debian's `chromium` and
// `fonts-noto-color-emoji`.

const OUT = join(import.meta.dirname, 'screenshots')
const PROGRAM = process.env.PARLANCE_TEST_CHROMIUM ?? '/usr/bin/chromium'
const PASSWORD = 'correct horse battery'
const VIEWS: Readonly<Record<string, BrowserContextOptions>> = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
}

const directory = mkdtempSync(join(tmpdir(), 'parlance-screenshots-'))
const server = await createServer(
  readConfig({ PORT: '0', ROOMS_TCP_PORT: '0', DBPATH: join(directory, 'parlance.db'), LOG_LEVEL: 'error' }),
)
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
const browser = await chromium.launch({ executablePath: PROGRAM, args })
try {
  await takeAll(browser)
} finally {
  await browser.close()
  await server.close()
  rmSync(directory, { recursive: true })
}

async function takeAll(browser: Browser): Promise<void> {
  const [ada, grace, alan] = [
    await newPerson(browser, 'ada', 'Ada Lovelace'),
    await newPerson(browser, 'grace', 'Grace Hopper'),
    await newPerson(browser, 'alan', 'Alan Turing'),
  ]
  await talk(ada, grace, alan)
  for (const [view, options] of Object.entries(VIEWS))
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ locale: 'en-GB', colorScheme, ...options })
      const page = await context.newPage()
      const take = (name: string) =>
        page.screenshot({ path: join(OUT, `${name}-${view}-${colorScheme}.png`) })
      await page.goto(server.url)
      await page.getByRole('button', { name: 'Sign in' }).waitFor()
      await take('sign-in')
      await page.getByLabel('Username or e-mail').fill('ada')
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('link', { name: /Analytical engine/ }).waitFor()
      await take('list')
      await page.getByRole('link', { name: /Analytical engine/ }).click()
      await page.getByRole('article').filter({ hasText: 'first program' }).waitFor()
      await page.getByText('Grace Hopper').first().waitFor()
      await take('conversation')
      await page.getByRole('button', { name: 'Details' }).click()
      await page.getByText('Members', { exact: true }).waitFor()
      await take('details')
      await page.goto(`${server.url}/#/new`)
      await page.getByRole('heading', { name: 'New conversation' }).waitFor()
      await take('new')
      await page.goto(`${server.url}/#/settings`)
      await page.getByRole('heading', { name: 'Settings' }).waitFor()
      await take('settings')
      await context.close()
    }
}

async function newPerson(browser: Browser, username: string, name: string): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
  await page.goto(server.url)
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Name others see').fill(name)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor()
  return page
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: /^Message to/ }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
  // In order: the next one speaks when this was heard.
  await page.locator('article[data-seq]').last().waitFor()
}

async function talk(ada: Page, grace: Page, alan: Page): Promise<void> {
  await ada.getByRole('link', { name: 'New conversation' }).first().click()
  await ada.getByLabel('Name of the conversation').fill('Analytical engine')
  await ada.getByLabel('Topic').fill('Cards, mills and stores')
  await ada.getByRole('button', { name: 'Create open conversation' }).click()
  await ada.getByRole('textbox', { name: /^Message to/ }).waitFor()
  for (const page of [grace, alan]) {
    await page.getByRole('link', { name: 'New conversation' }).first().click()
    await page.getByRole('button', { name: 'Enter' }).click()
    await page.getByRole('textbox', { name: /^Message to/ }).waitFor()
  }
  await say(ada, 'Good morning. I have written the **first program**: it computes the Bernoulli numbers.')
  await say(ada, '```\nV4 = V2 - V1\nV5 = V2 + V1\nV11 = V4 / V5\n```')
  await say(grace, 'Wonderful. Does it have a *bug* yet?')
  await say(grace, 'I once found a real one:\n\n> First actual case of bug being found.\n\nIt was a moth 🦋')
  await say(
    alan,
    'Three questions before we build it:\n\n1. How many cards?\n2. How long does the mill take?\n3. Can it play chess?',
  )
  const first = ada.getByRole('article').filter({ hasText: 'Does it have' })
  await first.hover()
  await first.getByRole('button', { name: 'Reply' }).click()
  await say(ada, 'Not that I know of. I will look at `V5` again.')
  for (const [page, key] of [
    [grace, '🎉'],
    [alan, '🎉'],
    [alan, '👀'],
  ] as const) {
    const row = page.getByRole('article').filter({ hasText: 'first program' })
    await row.hover()
    await row.getByRole('button', { name: 'Actions of this message' }).click()
    await row.getByRole('button', { name: `React with ${key}` }).click()
  }
  await grace.getByRole('link', { name: 'New conversation' }).first().click()
  await grace
    .getByRole('searchbox', { name: /Beginning of a name/ })
    .first()
    .fill('ad')
  await grace
    .getByRole('button', { name: /Ada Lovelace/ })
    .first()
    .click()
  await grace.getByRole('textbox', { name: /^Message to/ }).waitFor()
  await say(grace, 'Are you coming to the lecture tonight?')
}
