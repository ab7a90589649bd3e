import { existsSync } from 'node:fs'
import { after } from 'node:test'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { Owner } from '../../../server/test/support/owner.ts'

/** Where Debian, Ubuntu and others put it; `PARLANCE_TEST_CHROMIUM` says another place. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const whole = process.env.PARLANCE_TEST_CHROMIUM ?? PLACES.find((path) => existsSync(path))
/** Chromium without the windows that a person sees: a page in it costs a sixth of the processor time. */
const SHELL = '/usr/bin/chromium-headless-shell'
const program = process.env.PARLANCE_TEST_CHROMIUM === undefined && existsSync(SHELL) ? SHELL : whole
/**
 * Each window of a whole Chromium has two pages more for its address bar, which take half of the processor time. Chromium
 * heeds the last such list alone; the others here are what Playwright's list has that matters to pages.
 */
const UNUSED =
  '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,HttpsUpgrades,PaintHolding'

/** A name by which a browser of tests reaches this machine, and which it does not take for this machine. */
export const LAN_NAME = 'chat.lan'

/** As a test's `skip`: the reason to leave it out, or false. */
export const noBrowser =
  program === undefined && 'there is no Chromium: Debian has it as chromium-headless-shell and chromium'
/** The same for a test that needs what the shell is without: notifications. */
export const noWholeBrowser = whole === undefined && 'there is no whole Chromium: Debian has it as chromium'

const launched = new Map<string, Promise<Browser>>()
after(async () => {
  for (const browser of launched.values()) await (await browser).close()
})

/**
 * A real browser that has no page yet, and none when its owner ends. The tests of a file, one after the other, have the
 * same: each start of one takes a second of a processor.
 */
export const openBrowser = (owner: Owner): Promise<Browser> => open(owner, program)

/** As `openBrowser`, with all that a person's browser has. */
export const openWholeBrowser = (owner: Owner): Promise<Browser> => open(owner, whole)

async function open(owner: Owner, path: string | undefined): Promise<Browser> {
  const starting = launched.get(path ?? '') ?? launch(path)
  launched.set(path ?? '', starting)
  const browser = await starting
  owner.after(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
  })
  return browser
}

function launch(path: string | undefined): Promise<Browser> {
  // A container's root may not have the sandbox; no page of another site is opened here.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const args = [
    ...sandbox,
    `--host-resolver-rules=MAP ${LAN_NAME} 127.0.0.1`,
    ...(path === SHELL ? [] : [UNUSED]),
  ]
  return chromium.launch({ ...(path !== undefined && { executablePath: path }), args })
}

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } }
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
}

export const PASSWORD = 'correct horse battery'

/** Somebody at a browser of their own. */
export class Visitor {
  readonly page: Page
  /** Errors of the page's code, and whatever its policy has forbidden. */
  readonly errors: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.errors.push(error.message))
    page.on('console', (message) => {
      // The first question, whether somebody is signed in, is answered 401 by design.
      const text = message.text()
      if (message.type() === 'error' && !text.includes('401'))
        this.errors.push(`${text} ${message.location().url}`)
    })
  }

  static async arrive(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = DESKTOP,
  ): Promise<Visitor> {
    const context = await browser.newContext({ locale: 'en-GB', ...options })
    const visitor = new Visitor(await context.newPage())
    await visitor.page.goto(url)
    return visitor
  }

  async register(username: string, name: string): Promise<void> {
    const { page } = this
    await page.getByRole('button', { name: 'Create an account' }).click()
    await page.getByLabel('Username').fill(username)
    await page.getByLabel('Name others see').fill(name)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor()
  }

  async signIn(username: string): Promise<void> {
    const { page } = this
    await page.getByLabel('Username or e-mail').fill(username)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor()
  }

  /** Begins a private conversation by the beginning of a name. */
  async writeTo(beginning: string, name: string): Promise<void> {
    const { page } = this
    await page.getByRole('link', { name: 'New conversation' }).first().click()
    await page
      .getByRole('searchbox', { name: /Beginning of a name/ })
      .first()
      .fill(beginning)
    await page.getByRole('button', { name }).first().click()
    await this.composer.waitFor()
  }

  async open(name: string): Promise<void> {
    await this.page.getByRole('link', { name }).click()
    await this.composer.waitFor()
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.page.getByRole('button', { name: 'Send', exact: true }).click()
  }

  get composer() {
    return this.page.getByRole('textbox', { name: /^Message to/ })
  }

  message(text: string | RegExp) {
    return this.page.getByRole('article').filter({ hasText: text })
  }

  /** A button of the menu of a message. */
  async act(text: string, action: string): Promise<void> {
    const row = this.message(text)
    await row.hover()
    await row.getByRole('button', { name: 'Actions of this message' }).click()
    await row.getByRole('button', { name: action, exact: true }).click()
  }
}
