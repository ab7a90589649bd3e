import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ask } from '../support/ask.ts'
import { noBrowser, Visitor } from '../support/browser.ts'
import { adaWithBen } from '../support/people.ts'

const skip = noBrowser

/** Ada, in a conversation with Ben, who has one with Cleo too. */
async function threePeople(t: TestContext) {
  const world = await adaWithBen(t)
  await world.ben.page.getByRole('link', { name: 'Ada Lovelace' }).click()
  return world
}

const focusedText = (visitor: Visitor): Promise<string> =>
  visitor.page.evaluate(() => document.activeElement?.textContent ?? '')

test('Ctrl-K goes to a conversation or a person by the beginning of a name, also while somebody writes', {
  skip,
}, async (t) => {
  const { server, browser, ada } = await threePeople(t)
  const cleo = await Visitor.arrive(browser, server.url)
  await cleo.register('cleo', 'Cleo Laine')
  await ada.composer.press('Control+k')
  const dialog = ada.page.getByRole('dialog', { name: 'Go to' })
  const field = dialog.getByRole('combobox')
  await field.pressSequentially('cle')
  await dialog.getByRole('option', { name: /Cleo Laine/ }).waitFor()
  await field.press('Enter')
  await ada.page.getByText('beginning of your conversation with Cleo Laine').waitFor()
  await ada.page.keyboard.press('Control+k')
  await field.pressSequentially('ben')
  await dialog.getByRole('option', { name: /Ben Okri/ }).waitFor()
  await field.press('Enter')
  await ada.page.getByText('beginning of your conversation with Ben Okri').waitFor()
  await dialog.waitFor({ state: 'detached' })
  // From one conversation of the list to the next, and to the next that is unread.
  await ada.composer.press('Alt+ArrowUp')
  await ada.page.getByText('beginning of your conversation with Cleo Laine').waitFor()
  await ada.page.keyboard.press('Alt+ArrowDown')
  await ada.page.getByText('beginning of your conversation with Ben Okri').waitFor()
  await ada.page.keyboard.press('Alt+Shift+ArrowUp')
  await ada.page.getByText('beginning of your conversation with Ben Okri').waitFor()
  await cleo.open('Ada Lovelace')
  await cleo.say('Over here')
  await ada.page.getByRole('img', { name: '1 unread message' }).waitFor()
  await ada.page.keyboard.press('Alt+Shift+ArrowUp')
  await ada.page.getByText('beginning of your conversation with Cleo Laine').waitFor()
  assert.deepEqual(ada.errors, [])
})

test('the keys of a message do what its menu does, and letters stay letters in a field', {
  skip,
}, async (t) => {
  const { ada, ben } = await threePeople(t)
  // A menu takes the focus in a task of its own.
  const menuHasFocus = () =>
    ada.page.waitForFunction(() => document.activeElement?.closest('[popover]') !== null)
  await ada.say('first')
  await ben.say('second')
  await ada.message('second').waitFor()
  await ada.composer.pressSequentially('r + e ?')
  assert.equal(await ada.composer.inputValue(), 'r + e ?')
  assert.equal(await ada.page.getByRole('dialog').count(), 0)
  await ada.composer.fill('')
  // The Tab key leads to one row, arrow keys from there.
  await ada.composer.press('Shift+Tab')
  await ada.message('second').focus()
  await ada.page.keyboard.press('ArrowUp')
  assert.match(await focusedText(ada), /first/)
  await ada.page.keyboard.press('e')
  await ada.page.getByText('Editing a message').waitFor()
  await ada.composer.press('Escape')
  await ada.page.getByText('Editing a message').waitFor({ state: 'detached' })
  await ada.message('second').focus()
  await ada.page.keyboard.press('r')
  await ada.page.getByText('Replying to Ben Okri').waitFor()
  await ada.composer.press('Escape')
  await ada.message('second').focus()
  await ada.page.keyboard.press('+')
  await menuHasFocus()
  await ada.page.keyboard.press('ArrowRight')
  await ada.page.keyboard.press('Enter')
  await ben.message('second').getByRole('button', { name: '❤️, 1' }).waitFor()
  // Another's message has no key to edit it.
  await ada.message('second').focus()
  await ada.page.keyboard.press('e')
  assert.equal(await ada.page.getByText('Editing a message').count(), 0)
  await ada.page.keyboard.press('Enter')
  const copies = ada.message('second').getByRole('button', { name: 'Copy text' })
  await copies.waitFor()
  await menuHasFocus()
  await ada.page.keyboard.press('Escape')
  // Its end gives the focus back.
  await copies.waitFor({ state: 'hidden' })
  await ada.message('second').focus()
  await ada.page.keyboard.press('t')
  await ada.page.getByRole('complementary', { name: 'Thread' }).waitFor()
  await ada.page.keyboard.press('Escape')
  await ada.message('second').focus()
  await ada.page.keyboard.press('?')
  await ada.page.getByRole('dialog', { name: 'Keys' }).getByText('Reply', { exact: true }).waitFor()
  assert.deepEqual(ada.errors, [])
})

test('Escape leads to the latest message', { skip }, async (t) => {
  const { ada } = await threePeople(t)
  for (let at = 1; at <= 6; at++) await ada.say(`number ${at}\n${'a line\n\n'.repeat(8)}`)
  await ada.message('number 6').waitFor()
  await ada.page.locator('.messages').hover()
  await ada.page.mouse.wheel(0, -5_000)
  await ada.page.getByRole('button', { name: 'To the latest' }).waitFor()
  await ada.composer.press('Escape')
  await ada.page.getByRole('button', { name: 'To the latest' }).waitFor({ state: 'detached' })
})

test('a new message is told once in the polite region, history and one own are not, and many are counted', {
  skip,
}, async (t) => {
  const { ada, ben } = await threePeople(t)
  await ben.say('before she looks')
  await ada.message('before she looks').waitFor()
  await ada.page.goto(ada.page.url().replace(/#.*/, '#/settings'))
  await ada.page.goBack()
  await ada.message('before she looks').waitFor()
  const told = await ada.page.evaluateHandle(() => {
    const texts: string[] = []
    const region = document.querySelector('[aria-live=polite]')
    if (region)
      new MutationObserver(() => texts.push(region.textContent ?? '')).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      })
    return texts
  })
  await ada.say('her own')
  await ben.say('a *new* one')
  await ada.page.waitForFunction((texts) => texts.length > 0, told)
  assert.deepEqual(await told.jsonValue(), ['Ben Okri: a new one'])
  // At once: a person who types each lets the reader speak between two of them.
  const c = /c_\d+/.exec(ben.page.url())?.[0]
  const quick = Array.from({ length: 12 }, (_, at) => ({ clientId: `quick${at}`, body: `quick ${at + 1}` }))
  await Promise.all(quick.map((draft) => ask(ben, 'POST', `/v1/conversations/${c}/messages`, draft)))
  await ada.message('quick 12').waitFor()
  await ada.page.waitForFunction((texts) => texts.some((text) => /\d+ new messages/.test(text)), told)
  const texts = (await told.jsonValue()) as string[]
  assert.ok(texts.length < 12, `${texts.length} announcements`)
})
