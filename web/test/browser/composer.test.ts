import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { noBrowser, Visitor } from '../support/browser.ts'
import { adaAndBen } from '../support/people.ts'

const skip = noBrowser

/** Ada, Ben and Cleo, and Ada's open conversation, which Ben has entered. */
async function library(t: TestContext) {
  const { server, browser, ada, ben } = await adaAndBen(t, { ben: 'ben.okri' })
  const cleo = await Visitor.arrive(browser, server.url)
  await cleo.register('cleo', 'Cleo Verne')
  await ada.page.getByRole('link', { name: 'New conversation' }).first().click()
  await ada.page.getByLabel('Name of the conversation').fill('Library')
  await ada.page.getByRole('button', { name: 'Create open conversation' }).click()
  await ada.composer.waitFor()
  await ben.page.getByRole('link', { name: 'New conversation' }).first().click()
  await ben.page.getByRole('button', { name: 'Enter' }).click()
  await ben.composer.waitFor()
  const people = [ada, ben, cleo]
  t.after(() =>
    assert.deepEqual(
      // A list whose conversation has just been left asks once more what was said there, and is refused. The server was
      // closed before this is looked at.
      people
        .flatMap(({ errors }) => errors)
        .filter((error) => !/403.*\/messages|ERR_CONNECTION_REFUSED/.test(error)),
      [],
    ),
  )
  return { server, browser, ada, ben, cleo }
}

const suggestions = ({ page }: Visitor) => page.getByRole('listbox', { name: 'Suggestions' })
const options = (visitor: Visitor) => suggestions(visitor).getByRole('option')

test('a name is completed by a part of it, with keys alone, and mentions its person', { skip }, async (t) => {
  const { ada, ben } = await library(t)
  await ada.composer.pressSequentially('Good morning @ok')
  await options(ada).filter({ hasText: 'Ben Okri' }).waitFor()
  const active = await ada.composer.getAttribute('aria-activedescendant')
  assert.equal(active, await options(ada).first().getAttribute('id'))
  await ada.composer.press('Enter')
  assert.equal(await ada.composer.inputValue(), 'Good morning @ben.okri ')
  assert.equal(await suggestions(ada).count(), 0)
  await ada.composer.press('Enter')
  await ben.message('Good morning').locator('.mention').waitFor()
})

test('suggestions are moved through by arrows, and dismissed by Escape until another word', {
  skip,
}, async (t) => {
  const { ada } = await library(t)
  await ada.composer.pressSequentially('/')
  await suggestions(ada).waitFor()
  const selected = () => suggestions(ada).getByRole('option', { selected: true }).textContent()
  const first = await selected()
  await ada.composer.press('ArrowDown')
  assert.notEqual(await selected(), first)
  await ada.composer.press('ArrowUp')
  assert.equal(await selected(), first)
  await ada.composer.press('ArrowUp')
  assert.equal(await selected(), await options(ada).last().textContent())
  await ada.composer.press('Escape')
  await suggestions(ada).waitFor({ state: 'detached' })
  await ada.composer.pressSequentially('le')
  assert.equal(await suggestions(ada).count(), 0)
  await ada.composer.fill('')
  await ada.composer.pressSequentially('/le')
  await options(ada).filter({ hasText: 'Leave conversation' }).waitFor()
})

test('an emoji is completed by its beginning, by its whole code, and by a touch', { skip }, async (t) => {
  const { ada, ben } = await library(t)
  await ada.composer.pressSequentially('Nice :tad')
  await options(ada).filter({ hasText: 'party popper' }).waitFor()
  await ada.composer.press('Tab')
  assert.equal(await ada.composer.inputValue(), 'Nice 🎉 ')
  await ada.composer.pressSequentially('and :heart:')
  await ada.page.waitForFunction(() => document.querySelector('textarea')?.value === 'Nice 🎉 and ❤️')
  await ada.composer.fill('`:tad')
  await ada.composer.press('End')
  assert.equal(await suggestions(ada).count(), 0, 'within code')
  await ben.composer.pressSequentially(':smi')
  await options(ben).first().tap()
  assert.match(await ben.composer.inputValue(), /^\p{Emoji_Presentation} $/u)
  assert.ok(await ben.composer.evaluate((field) => field === document.activeElement))
})

test('an emoji is picked for a message and for a reaction, and is at hand the next time', {
  skip,
}, async (t) => {
  const { ada, ben } = await library(t)
  const picker = ada.page.getByRole('dialog', { name: 'Emoji' })
  await ada.composer.fill('Hello ')
  await ada.page.getByRole('button', { name: 'Insert emoji' }).click()
  await picker.getByRole('searchbox', { name: 'Search emoji' }).fill('rocket')
  await picker.getByRole('gridcell', { name: 'rocket' }).waitFor()
  await picker.getByRole('searchbox').press('Enter')
  await picker.waitFor({ state: 'detached' })
  assert.equal(await ada.composer.inputValue(), 'Hello 🚀')
  await ada.page.getByRole('button', { name: 'Send' }).click()
  await ada.act('Hello 🚀', 'Another reaction …')
  await picker
    .getByRole('rowgroup', { name: 'Used last' })
    .getByRole('gridcell', { name: 'rocket' })
    .waitFor()
  await picker.getByRole('searchbox').press('ArrowDown')
  await ada.page.keyboard.press('ArrowDown')
  await ada.page.keyboard.press('ArrowRight')
  // The row below the one of recent emoji has the first group's.
  await ada.page.keyboard.press('Enter')
  await ben.message('Hello 🚀').getByRole('button', { name: '😃, 1' }).waitFor()
  await ada.page.getByRole('button', { name: 'Insert emoji' }).click()
  await picker.waitFor()
  await ada.page.keyboard.press('Escape')
  await picker.waitFor({ state: 'detached' })
})

test('commands invite, set the topic, shrug and leave, and an unknown one is not said to all', {
  skip,
}, async (t) => {
  const { ada, ben, cleo } = await library(t)
  await ada.composer.pressSequentially('/invite @cl')
  await options(ada).filter({ hasText: 'Cleo Verne' }).click()
  assert.equal(await ada.composer.inputValue(), '/invite @cleo ')
  await ada.composer.press('Enter')
  await cleo.page.getByRole('link', { name: 'Library' }).waitFor()
  await ada.composer.fill('/topic Books only')
  await ada.composer.press('Enter')
  await ben.page.getByText('3 members · Books only').waitFor()
  await ada.composer.fill('/shrug Who knows')
  await ada.composer.press('Enter')
  await ben.message('Who knows ¯\\_(ツ)_/¯').waitFor()
  await ada.composer.fill('/levae')
  await ada.composer.press('Enter')
  await ada.page.getByText('There is no command /levae').waitFor()
  await ada.composer.fill('/invite nobody-at-all')
  await ada.composer.press('Enter')
  await ada.page.getByText('Nobody here is called nobody-at-all.').waitFor()
  await ada.composer.fill('/etc/hosts is a file')
  await ada.composer.press('Enter')
  await ben.message('/etc/hosts is a file').waitFor()
  await ben.composer.fill('/topic mine')
  await ben.page.getByRole('button', { name: 'Send' }).click()
  await ben.page.getByText('/topic is not possible in this conversation, or not for you.').waitFor()
  await ada.composer.fill('/leave')
  await ada.composer.press('Enter')
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Leave conversation' }).click()
  await ben.page.getByText('2 members').waitFor()
  await ada.page.getByRole('heading', { name: 'Begin a conversation' }).waitFor()
})

test('a text with marks can be seen as others will see it', { skip }, async (t) => {
  const { ada } = await library(t)
  assert.equal(await ada.page.getByRole('button', { name: 'Preview' }).count(), 0)
  await ada.composer.fill('This is **bold**')
  await ada.page.getByRole('button', { name: 'Preview' }).click()
  const preview = ada.page.getByRole('region', { name: 'Preview of your message' })
  assert.equal(await preview.locator('strong').textContent(), 'bold')
})
