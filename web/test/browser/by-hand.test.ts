import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask } from '../support/ask.ts'
import { DESKTOP, noBrowser, PASSWORD, Visitor } from '../support/browser.ts'
import { adaAndBen, adaWithBen } from '../support/people.ts'

// Rules that were broken when the client was used by hand.

const skip = noBrowser

test('a new password ends other log-ins in the list too, and the button keeps the focus', {
  skip,
}, async (t) => {
  const { server, browser, ada } = await adaAndBen(t)
  const other = await Visitor.arrive(browser, server.url, DESKTOP)
  await other.signIn('ada')
  await ada.page.goto(`${server.url}/#/settings`)
  const others = ada.page
    .getByRole('list', { name: 'Where you are signed in' })
    .getByRole('button', { name: /^Sign out / })
  await others.first().waitFor()
  const change = async (current: string) => {
    await ada.page.getByLabel('Current password').fill(current)
    await ada.page.getByLabel('New password').fill(`${PASSWORD} staple`)
    await ada.page.getByRole('button', { name: 'Change password' }).press('Enter')
  }
  await change('another password')
  await ada.page.getByText('Your current password is another one.').waitFor()
  await change(PASSWORD)
  await ada.page.getByText(/^Your password was changed/).waitFor()
  await others.waitFor({ state: 'detached' })
  const focused = await ada.page.evaluate(() => document.activeElement?.textContent)
  assert.equal(focused, 'Change password')
})

test('a refused message tells its reason in the words of the page, and goes when it is sent again', {
  skip,
}, async (t) => {
  const { ada, ben } = await adaWithBen(t)
  const me = await ada.page.evaluate(async () => (await (await fetch('/v1/me')).json()).id)
  assert.equal(await ask(ben, 'PUT', `/v1/blocks/${me}`, {}), 200)
  await ada.say('Does it come?')
  await ada
    .message('Does it come?')
    .getByText('Not sent: This conversation does not take that from you.')
    .waitFor()
  assert.equal(await ask(ben, 'DELETE', `/v1/blocks/${me}`, {}), 204)
  await ada.message('Does it come?').getByRole('button', { name: 'Send again' }).click()
  await ben.open('Ada Lovelace')
  await ben.message('Does it come?').waitFor()
})

test('files that are attached in a thread are not those of the conversation', { skip }, async (t) => {
  const { ada } = await adaWithBen(t)
  await ada.say('A root')
  await ada.act('A root', 'Reply in a thread')
  const pane = ada.page.locator('.pane')
  const file = { name: 'one.txt', mimeType: 'text/plain', buffer: Buffer.from('words') }
  await pane.locator('input[type=file]').setInputFiles([file])
  await pane.getByRole('button', { name: 'Take one.txt off' }).waitFor()
  assert.equal(await ada.page.getByRole('list', { name: 'Files of your message' }).count(), 1)
})

test('a message that was marked as unread stays so while its conversation is open', {
  skip,
}, async (t) => {
  const { ada, ben } = await adaWithBen(t)
  await ada.say('read this')
  await ben.page.clock.install()
  await ben.page.reload()
  await ben.open('Ada Lovelace')
  const unread = ben.page.getByRole('img', { name: '1 unread message' })
  const { page } = ben
  await page.waitForFunction(() => document.title === 'Parlance')
  await ben.act('read this', 'Mark unread from here')
  await page.waitForFunction(() => document.title === '(1) Parlance')
  await page.clock.runFor(5_000)
  assert.equal(await page.title(), '(1) Parlance')
  await page.goBack()
  await unread.waitFor()
  await ben.open('Ada Lovelace')
  await page.waitForFunction(() => document.title === 'Parlance')
})

test('a question is gone when its reader goes elsewhere by the back gesture', { skip }, async (t) => {
  const { ada } = await adaWithBen(t)
  await ada.say('Delete this?')
  await ada.page.getByRole('button', { name: 'Details' }).click()
  await ada.act('Delete this?', 'Delete')
  await ada.page.getByRole('dialog', { name: 'Delete' }).waitFor()
  await ada.page.goBack()
  await ada.page.getByRole('dialog', { name: 'Delete' }).waitFor({ state: 'detached' })
  await ada.message('Delete this?').waitFor()
})
