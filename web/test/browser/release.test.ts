import assert from 'node:assert/strict'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { openWebClient } from '../../../server/src/web/index.ts'
import { startParlance } from '../../../server/test/support/server.ts'
import { tempDir } from '../../../server/test/support/temp-dir.ts'
import { writeWorker } from '../../build/worker.ts'
import {
  DESKTOP,
  noBrowser,
  noWholeBrowser,
  openBrowser,
  openWholeBrowser,
  Visitor,
} from '../support/browser.ts'

const skip = noBrowser
const DIST = join(import.meta.dirname, '../../dist')

test('the page opens without a network, and a newer release is taken whole when its reader wants it', {
  skip,
}, async (t) => {
  const directory = await tempDir(t)
  cpSync(DIST, directory, { recursive: true })
  let web = openWebClient({ directory })
  const http = createServer((request, response) => {
    if (!web?.handle(request, response)) response.writeHead(404).end()
  })
  http.listen(0, '127.0.0.1')
  t.after(() => http.close().closeAllConnections())
  await new Promise((resolve) => http.once('listening', resolve))
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const browser = await openBrowser(t)
  const { page } = await Visitor.arrive(browser, url, DESKTOP)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await page.context().setOffline(true)
  await page.reload()
  await page.getByText('Parlance cannot reach its server.').waitFor()
  await page.context().setOffline(false)
  // Another release: its page is another, so its worker is.
  const index = join(directory, 'index.html')
  writeFileSync(index, readFileSync(index, 'utf8').replace('<title>Parlance', '<title>Newer Parlance'))
  for (const ending of ['gz', 'br'])
    for (const name of ['index.html', 'worker.js']) rmSync(join(directory, `${name}.${ending}`))
  writeWorker(directory)
  web = openWebClient({ directory })
  await page.reload()
  await page.getByText('A new version of Parlance is ready.').waitFor()
  assert.equal(await page.title(), 'Parlance', 'the older page goes on')
  await page.getByRole('button', { name: 'Load it' }).click()
  await page.waitForFunction(() => document.title === 'Newer Parlance')
  assert.equal(await page.evaluate(() => caches.keys().then(({ length }) => length)), 1)
})

test('private messages and mentions are notified while nobody looks, and lead to their conversation', {
  skip: noWholeBrowser,
}, async (t) => {
  const server = await startParlance()
  t.after(() => server.close())
  const browser = await openWholeBrowser(t)
  const ada = await Visitor.arrive(browser, server.url, DESKTOP)
  const ben = await Visitor.arrive(browser, server.url, DESKTOP)
  await ben.page.context().grantPermissions(['notifications'], { origin: server.url })
  await ada.register('ada', 'Ada Lovelace')
  await ben.register('ben', 'Ben Okri')
  await ben.page.getByRole('link', { name: 'Settings' }).click()
  await ben.page.getByRole('button', { name: 'Turn notifications on' }).click()
  await ben.page.getByText('While you look elsewhere').waitFor()
  await ben.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await ada.writeTo('be', 'Ben Okri')
  const shown = () =>
    ben.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready
      return (await registration.getNotifications()).map(({ title, body }) => `${title}: ${body}`)
    })
  await ada.say('while you look')
  await ben.page.waitForFunction(() => document.title === '(1) Parlance')
  assert.match((await ben.page.locator('link[rel=icon]').getAttribute('href')) ?? '', /unread/)
  assert.deepEqual(await shown(), [])
  // The browser of a test says of every window that it has the focus.
  await ben.page.evaluate(() => {
    document.hasFocus = () => false
    dispatchEvent(new Event('blur'))
  })
  await ada.say('Are **you** there?')
  await ben.page.waitForFunction(() => document.title === '(2) Parlance')
  for (let tries = 0; tries < 50 && (await shown()).length === 0; tries++) await ben.page.waitForTimeout(100)
  assert.deepEqual(await shown(), ['Ada Lovelace: Are you there?'])
})
