import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import type { BrowserContextOptions } from 'playwright-core'
import { startParlance } from '../../../server/test/support/server.ts'
import { tempDir } from '../../../server/test/support/temp-dir.ts'
import { faultsOf } from '../support/axe.ts'
import { DESKTOP, noBrowser, openBrowser, PHONE, Visitor } from '../support/browser.ts'

const skip = noBrowser
const DIALECTS = ['rooms', 'chatapp', 'groups', 'messenger', 'channels', 'native'] as const
type DialectName = (typeof DIALECTS)[number]
const ROOT = join(import.meta.dirname, '../../..')
const run = promisify(execFile)

/** Somebody before the six panes. */
class Player {
  readonly visitor: Visitor

  constructor(visitor: Visitor) {
    this.visitor = visitor
  }

  get page() {
    return this.visitor.page
  }

  pane(name: DialectName) {
    return this.page.locator(`#${name}`)
  }

  said(name: DialectName, text: string) {
    return this.pane(name).locator('.said li').filter({ hasText: text })
  }

  frame(name: DialectName, text: string | RegExp) {
    return this.pane(name).locator('.frame').filter({ hasText: text })
  }

  async allLive(): Promise<void> {
    for (const name of DIALECTS) await this.pane(name).locator('[data-is="live"]').waitFor()
  }

  async say(name: DialectName, text: string): Promise<void> {
    const field = this.page.getByRole('textbox', { name: `Say in ${name}` })
    await field.fill(text)
    await field.press('Enter')
  }

  async seenInAll(text: string): Promise<void> {
    for (const name of DIALECTS) await this.said(name, text).waitFor()
  }

  /** The texts that can be copied of a pane, by their titles. */
  async snippets(name: DialectName): Promise<Readonly<Record<string, string>>> {
    await this.page.getByRole('button', { name: `Copy ${name} as` }).click()
    const all = await this.pane(name).locator('pre').all()
    const entries = await Promise.all(
      all.map(async (one) => [await one.getAttribute('data-snippet'), await one.textContent()]),
    )
    await this.pane(name).getByRole('button', { name: 'Close' }).click()
    return Object.fromEntries(entries)
  }
}

async function play(
  t: TestContext,
  {
    settings = {},
    options = DESKTOP,
  }: { settings?: Record<string, string>; options?: BrowserContextOptions } = {},
) {
  const server = await startParlance(settings)
  t.after(() => server.close())
  const browser = await openBrowser(t)
  const visitor = await Visitor.arrive(browser, `${server.url}/playground`, options)
  visitor.page.setDefaultTimeout(60_000)
  return { server, browser, player: new Player(visitor) }
}

test('a message that is said in any of the six panes arrives in all six, and its frames are shown', {
  skip,
}, async (t) => {
  const { player } = await play(t)
  await player.allLive()
  for (const name of DIALECTS) {
    await player.say(name, `Hello from ${name}`)
    await player.seenInAll(`Hello from ${name}`)
    for (const each of DIALECTS) assert.equal(await player.said(each, `Hello from ${name}`).count(), 1)
  }
  const ids = (name: DialectName) =>
    player
      .pane(name)
      .locator('.said li')
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.id))
  const order = await ids('rooms')
  for (const name of DIALECTS) assert.deepEqual(await ids(name), order, name)
  // Each in its own words, and rooms' in both of its transports.
  const words: Readonly<Record<DialectName, RegExp>> = {
    rooms: /42\["message",\{"sender":\{"uuid":.*Hello from native/,
    chatapp: /"type":"send_message".*Hello from native/,
    groups: /42\["message_sent",\{"_id":.*Hello from native/,
    messenger: /"author_id":\d+/,
    channels: /"event":"new_message".*Hello from native/,
    native: /"type":"message\.sent"/,
  }
  for (const [name, text] of Object.entries(words))
    await player
      .frame(name as DialectName, text)
      .first()
      .waitFor()
  await player.frame('rooms', 'raw TCP, bridged').filter({ hasText: 'Hello from native' }).waitFor()
  const last = player.page.locator('.way').last()
  await last.getByText('Hello from native').waitFor()
  await last.locator('.arrival').nth(5).waitFor()
  assert.deepEqual(player.visitor.errors, [])
})

test('each pane can be either of the two people, and goes on with what was said', { skip }, async (t) => {
  const { player } = await play(t)
  await player.allLive()
  await player.say('rooms', 'before')
  await player.seenInAll('before')
  for (const name of DIALECTS) {
    const other = player.pane(name).locator('.person-choice input:not(:checked)')
    await other.check({ force: true })
    await player.pane(name).locator('[data-is="live"]').waitFor()
    await player.said(name, 'before').waitFor()
    await player.say(name, `changed in ${name}`)
    await player.seenInAll(`changed in ${name}`)
  }
  assert.deepEqual(player.visitor.errors, [])
})

test('the commands and programs that each pane offers work as they stand', { skip }, async (t) => {
  const { player } = await play(t)
  await player.allLive()
  const hasCurl = canRun('curl')
  for (const name of DIALECTS) {
    const { curl, 'Code for Node': code = '' } = await player.snippets(name)
    await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: ROOT })
    await player.seenInAll(`Hello from code, over ${name}`)
    if (!hasCurl || curl === undefined) continue
    await run('sh', ['-c', curl])
    await player.seenInAll(`Hello from curl, over ${name}`)
  }
  if (!hasCurl) t.diagnostic('curl is not here: its commands were not run')
})

test('a request among the frames is copied as curl, and is the same request', { skip }, async (t) => {
  if (!canRun('curl')) return t.skip('curl is not here')
  const { player } = await play(t)
  await player.allLive()
  await player.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await player.say('rooms', 'once more')
  await player.seenInAll('once more')
  await player.page.getByRole('button', { name: 'Copy POST /send-message as curl' }).click()
  await player.pane('rooms').getByText('curl, copied').waitFor()
  const command = await player.page.evaluate(() => navigator.clipboard.readText())
  await run('sh', ['-c', command])
  await player.said('native', 'once more').nth(1).waitFor()
})

test('all panes come back when the server starts anew, and nothing said is missing', { skip }, async (t) => {
  const DBPATH = join(await tempDir(t), 'parlance.db')
  const first = await startParlance({ DBPATH })
  const browser = await openBrowser(t)
  const visitor = await Visitor.arrive(browser, `${first.url}/playground`)
  const player = new Player(visitor)
  player.page.setDefaultTimeout(90_000)
  await player.allLive()
  await player.say('groups', 'before the restart')
  await player.seenInAll('before the restart')
  await first.close()
  for (const name of DIALECTS) await player.pane(name).locator('[data-is="connecting"]').waitFor()
  const second = await startParlance({ DBPATH, PORT: String(first.port) })
  t.after(() => second.close())
  await player.allLive()
  for (const name of DIALECTS) {
    await player.say(name, `after it, in ${name}`)
    await player.seenInAll(`after it, in ${name}`)
  }
  await player.page.reload()
  await player.seenInAll('before the restart')
  await player.seenInAll('after it, in native')
})

test('the session of the web client is another than those of the panes', { skip }, async (t) => {
  const { server, browser, player } = await play(t)
  await player.allLive()
  const client = await Visitor.arrive(browser, server.url)
  await client.register('grace', 'Grace Hopper')
  await client.page.getByRole('link', { name: 'Open the playground' }).click()
  const other = new Player(client)
  other.page.setDefaultTimeout(60_000)
  await other.allLive()
  await other.say('native', 'hello')
  await other.seenInAll('hello')
  await client.page.goto(server.url)
  await client.page.getByRole('link', { name: 'Settings' }).click()
  assert.equal(await client.page.getByLabel('Name others see').inputValue(), 'Grace Hopper')
})

test('where the playground is closed, its page says how to open it, and nothing leads there', {
  skip,
}, async (t) => {
  const { server, browser, player } = await play(t, { settings: { PARLANCE_PLAYGROUND: 'false' } })
  await player.page.getByText('PARLANCE_PLAYGROUND=true').waitFor()
  const client = await Visitor.arrive(browser, server.url)
  await client.register('grace', 'Grace Hopper')
  await client.page.getByRole('link', { name: 'New conversation' }).first().waitFor()
  assert.equal(await client.page.getByRole('link', { name: 'Open the playground' }).count(), 0)
})

test('where registration is closed, the page says why it cannot begin', { skip }, async (t) => {
  const { player } = await play(t, { settings: { REGISTRATION: 'closed' } })
  await player.page.getByRole('alert').getByText('REGISTRATION=closed').waitFor()
  await player.page.getByRole('button', { name: 'Try again' }).waitFor()
})

for (const [where, options] of Object.entries({ desk: DESKTOP, phone: PHONE }))
  for (const colorScheme of ['light', 'dark'] as const)
    test(`axe finds nothing in the playground at a ${where}, ${colorScheme}`, { skip }, async (t) => {
      const { player } = await play(t, { options: { ...options, colorScheme } })
      await player.allLive()
      await player.say('chatapp', 'Hello, with a [link](https://example.com) and مرحبا')
      await player.seenInAll('Hello')
      assert.deepEqual(await faultsOf(player.page), [])
      await player.page.getByRole('button', { name: 'Copy native as' }).click()
      assert.deepEqual(await faultsOf(player.page), [])
    })

test('the playground is not wider than a screen of 320 pixels', { skip }, async (t) => {
  const { player } = await play(t, { options: { ...PHONE, viewport: { width: 320, height: 568 } } })
  await player.allLive()
  await player.say('rooms', 'W'.repeat(1_000))
  await player.seenInAll('WWW')
  const [wide, room] = await player.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
  assert.equal(wide, room)
})

function canRun(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
