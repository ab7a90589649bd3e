import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { NativeHttp } from '../../../server/test/support/native-http.ts'
import { startParlance } from '../../../server/test/support/server.ts'
import { tempDir } from '../../../server/test/support/temp-dir.ts'
import { until } from '../../../server/test/support/until.ts'
import { faultsOf } from '../support/axe.ts'
import { noBrowser, openBrowser, Visitor } from '../support/browser.ts'
import { makeAdmin, noErrors } from '../support/people.ts'

const skip = noBrowser

/** Ada, who administers a server of these settings, and is at its page. */
async function adaAt(t: TestContext, settings: Readonly<Record<string, string>> = {}) {
  const server = await startParlance(settings)
  t.after(() => server.close())
  const ada = await Visitor.arrive(await openBrowser(t), server.url)
  await ada.register('ada', 'Ada Lovelace')
  await makeAdmin(server, 'ada')
  await ada.page.reload()
  const to = (path: string) => ada.page.goto(`${server.url}/#/${path}`)
  await to('admin')
  return { server, ada, to }
}

/** Neither axe nor a line that is too long, on any screen. */
async function looksWell({ page }: Visitor): Promise<void> {
  for (const [width, height] of [
    [1280, 800],
    [360, 760],
    [320, 568],
  ] as const)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height })
      await page.emulateMedia({ colorScheme })
      assert.deepEqual(await faultsOf(page), [], `${width} ${colorScheme}`)
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width)
    }
}

test('an administrator backs up, sees the end, and why another try has failed', { skip }, async (t) => {
  const directory = join(await tempDir(t), 'copy')
  const { ada } = await adaAt(t, { BACKUP_DIR: directory })
  const { page } = ada
  await page.getByText('There is none yet.').waitFor()
  await page.getByText(`It goes to ${directory}`).waitFor()
  const button = page.getByRole('button', { name: 'Back up now' })
  await button.click()
  await page.getByText('Last backed up').waitFor()
  await page.getByText(/0 files · took/).waitFor()
  await page.getByRole('list', { name: 'What was done' }).getByText(`back-up: ${directory}`).waitFor()
  await looksWell(ada)
  rmSync(directory, { recursive: true })
  mkdirSync(directory)
  writeFileSync(join(directory, 'mine'), '')
  await until('it to be enabled', () => button.isEnabled())
  await button.click()
  await page.getByText(/The last try failed/).waitFor()
  await page
    .getByText(/is there already, and is no back-up/)
    .first()
    .waitFor()
  await looksWell(ada)
  noErrors(ada)
})

test('the page shows how far a back-up is, whoever has begun it', { skip }, async (t) => {
  const { ada } = await adaAt(t, { BACKUP_DIR: join(await tempDir(t), 'copy') })
  const { page } = ada
  await page.getByText('There is none yet.').waitFor()
  const running = { startedAt: '2026-12-01T12:00:00.000000Z', step: 'database', done: 1, total: 4 }
  let state: object = { directory: '/copies', running, last: null, failed: null }
  await page.route('**/v1/admin/backup', (route) => route.fulfill({ json: state }))
  await page.reload()
  await page.getByText('Copying the database: 25%').waitFor()
  const bar = page.getByRole('progressbar', { name: 'Progress of the back-up' })
  assert.equal(await bar.getAttribute('value'), '0.25')
  assert.equal(await page.getByRole('button', { name: 'Back up now' }).isDisabled(), true)
  await looksWell(ada)
  const now = (change: object) => {
    state = { directory: '/copies', running: { ...running, ...change }, last: null, failed: null }
  }
  now({ step: 'database', done: 0, total: null })
  await page.getByText('Copying the database: …').waitFor()
  now({ step: 'database', done: 5_000_000, total: null })
  await page.getByText('Copying the database: 5 MB').waitFor()
  assert.equal(await bar.getAttribute('value'), null)
  now({ step: 'check', done: 0, total: null })
  await page.getByText('Reading the copy through').waitFor()
  now({ step: 'files', done: 3, total: 12 })
  await page.getByText('Copying files: 3 of 12').waitFor()
  for (const [reason, sentence] of [
    ['no_room', 'the disk is full'],
    ['not_writable', 'may not write there'],
    ['no_tool', 'programs of PostgreSQL are missing'],
    ['stopped', 'the server was stopped'],
    ['another', 'The server says what to do'],
  ] as const) {
    const failed = { at: running.startedAt, reason, detail: 'Do something.' }
    state = { directory: '/copies', running: null, last: null, failed }
    await page.reload()
    await page.getByRole('alert').filter({ hasText: sentence }).waitFor()
    await page.getByText('Do something.').waitFor()
  }
  noErrors(ada)
})

test('the page says what to set where there is no place for back-ups', { skip }, async (t) => {
  const { ada } = await adaAt(t)
  await ada.page.getByText('by the setting BACKUP_DIR').waitFor()
  assert.equal(await ada.page.getByRole('button', { name: 'Back up now' }).count(), 0)
  noErrors(ada)
})

test('an account is looked at alone: its totals, its sessions, and what is done about it', {
  skip,
}, async (t) => {
  const { server, ada, to } = await adaAt(t)
  const { page } = ada
  const facts = { displayName: 'Ben Okri', email: 'ben@example.org' }
  const ben = await NativeHttp.register(server.url, 'ben', facts)
  const group = await ben.group()
  await ben.send(group, 'one')
  await ben.send(group, 'two')
  const logIn = { login: 'ben', password: 'correct horse battery', device: 'A lost phone' }
  const { session } = await new NativeHttp(server.url).ok('createSession', { body: logIn })
  const lost = new NativeHttp(server.url, { token: session.token, id: ben.id })
  await page.getByLabel('Part of the name of an account').fill('okri')
  const row = page.getByRole('list', { name: 'Accounts' }).getByRole('link')
  await row.filter({ hasText: 'Ada Lovelace' }).waitFor({ state: 'detached' })
  await row.filter({ hasText: 'Ben Okri' }).click()
  await page.getByRole('heading', { name: 'Account', exact: true }).waitFor()
  const fact = (name: string) => page.locator('dl > div').filter({ hasText: name }).getByRole('definition')
  await page.getByText('ben@example.org').waitFor()
  assert.equal(await fact('Conversations').textContent(), '1')
  assert.equal(await fact('Messages').textContent(), '2')
  await looksWell(ada)
  await page.getByRole('button', { name: 'Sign out A lost phone' }).click()
  await page.getByText('A lost phone').waitFor({ state: 'detached' })
  assert.equal(await lost.refusal('getMe'), '401 not_authorized')
  assert.equal((await ben.ok('getMe')).id, ben.id)
  await page.getByRole('button', { name: 'Sign out everywhere' }).click()
  await page.getByText('Signed in nowhere.').waitFor()
  assert.equal(await ben.refusal('getMe'), '401 not_authorized')
  await page.getByRole('button', { name: 'Disable' }).click()
  await page.getByText('@ben · disabled').waitFor()
  await page.getByRole('button', { name: 'Enable' }).click()
  await page.getByText('@ben · active').waitFor()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('It is deleted for good.').waitFor()
  await page.getByRole('link', { name: 'Back to administration' }).click()
  // The name that was sought is sought still.
  assert.equal(await page.getByLabel('Part of the name of an account').inputValue(), 'okri')
  await page.getByRole('list', { name: 'What was done' }).getByText('accounts disable: ben').waitFor()
  await to('admin/a_1')
  await page.getByText('This is your own account').waitFor()
  assert.equal(await page.getByRole('button', { name: /Disable|Sign out/ }).count(), 0)
  noErrors(ada)
})

test('an account that is not there, and another administrator, are told of', { skip }, async (t) => {
  const { server, ada, to } = await adaAt(t)
  const { page } = ada
  const ben = await NativeHttp.register(server.url, 'ben')
  await makeAdmin(server, 'ben')
  await to(`admin/${ben.id}`)
  await page.getByText('Another administrator is a matter of the operator').waitFor()
  await looksWell(ada)
  await to('admin/a_999999')
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor()
  // The browser itself tells of such an answer.
  assert.deepEqual(
    ada.errors.filter((error) => !error.includes('404')),
    [],
  )
})
