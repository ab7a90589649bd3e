import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toAccountId } from '../../../server/src/core/types.ts'
import { NativeHttp } from '../../../server/test/support/native-http.ts'
import { startParlance } from '../../../server/test/support/server.ts'
import { faultsOf } from '../support/axe.ts'
import { LAN_NAME, noBrowser, openBrowser, Visitor } from '../support/browser.ts'
import { adaWithBen, noErrors } from '../support/people.ts'

const skip = noBrowser

test('two people write to one another, answer, react, edit and delete', { skip }, async (t) => {
  const { ada, ben } = await adaWithBen(t)
  await ada.say('Hello **Ben**')
  await ben.open('Ada Lovelace')
  await ben.message('Hello Ben').waitFor()
  assert.equal(await ben.message('Hello Ben').locator('strong').textContent(), 'Ben')
  await ben.say('Good morning')
  await ada.act('Good morning', 'React with 🎉')
  await ben.message('Good morning').getByRole('button', { name: '🎉, 1' }).waitFor()
  await ada.message('Good morning').hover()
  await ada.message('Good morning').getByRole('button', { name: 'Reply' }).click()
  await ada.say('And to you')
  await ben.message('And to you').getByTitle('Show the message that this one answers').waitFor()
  await ada.act('And to you', 'Edit')
  await ada.composer.fill('And to you too')
  await ada.composer.press('Enter')
  await ben.message('And to you too').getByText('edited').waitFor()
  await ada.act('And to you too', 'Delete')
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await ben.page.getByText('Message deleted').first().waitFor()
  noErrors(ada, ben)
})

test('a new message has a badge and a line, and is read once it was seen', { skip }, async (t) => {
  const { ada, ben } = await adaWithBen(t)
  await ada.say('one')
  await ada.say('two')
  const listing = ben.page.getByRole('link', { name: 'Ada Lovelace' })
  await listing.getByRole('img', { name: '2 unread messages' }).waitFor()
  assert.equal(await ben.page.title(), '(2) Parlance')
  await ben.open('Ada Lovelace')
  await ben.page.getByText('New messages', { exact: true }).waitFor()
  // Seen for a second, and no longer unread.
  await ben.page.waitForFunction(() => document.title === 'Parlance')
  noErrors(ada, ben)
})

test('it is shown that somebody types, and is online', { skip }, async (t) => {
  const { ada, ben } = await adaWithBen(t)
  await ada.say('Are you there?')
  await ben.open('Ada Lovelace')
  await ada.page.getByRole('main').getByText('online', { exact: true }).waitFor()
  await ben.composer.pressSequentially('I am')
  await ada.page.getByText('Ben Okri is typing').waitFor()
  noErrors(ada, ben)
})

test('a message that is written while the network is away is sent when it is back', { skip }, async (t) => {
  const { ada, ben } = await adaWithBen(t)
  await ada.say('before')
  await ben.open('Ada Lovelace')
  await ada.page.context().setOffline(true)
  await ada.page.evaluate(() => dispatchEvent(new Event('offline')))
  await ada.say('meanwhile')
  await ada.page.context().setOffline(false)
  await ben.message('meanwhile').waitFor()
  assert.equal(await ben.message('meanwhile').count(), 1)
})

test('a group, an open conversation and an invite link bring people together', { skip }, async (t) => {
  const { ada, ben } = await adaWithBen(t)
  await ada.page.getByRole('link', { name: 'New conversation' }).first().click()
  await ada.page.getByLabel('Name of the conversation').fill('The library')
  await ada.page.getByRole('button', { name: 'Create open conversation' }).click()
  await ada.composer.waitFor()
  await ada.page.getByRole('button', { name: 'Details' }).click()
  await ada.page.getByRole('button', { name: 'Make an invite link' }).click()
  const link = await ada.page.getByLabel(/Whoever has this link/).inputValue()
  await ben.page.goto(link)
  await ben.composer.waitFor()
  await ben.say('Thank you for having me')
  await ada.message('Thank you for having me').waitFor()
  noErrors(ada, ben)
})

test('signing out everywhere ends the session of another browser, and one can come back', {
  skip,
}, async (t) => {
  const { server, browser, ada } = await adaWithBen(t)
  const elsewhere = await Visitor.arrive(browser, server.url)
  await elsewhere.signIn('ada')
  await ada.page.getByRole('link', { name: 'Settings' }).click()
  await ada.page.getByRole('button', { name: 'Sign out on all devices' }).click()
  await ada.page.getByRole('heading', { name: 'Sign in to Parlance' }).waitFor()
  await elsewhere.page.getByText('You were signed out').waitFor()
  await elsewhere.signIn('ada')
})

test('a wrong password and a name that is taken are said in a sentence', { skip }, async (t) => {
  const { server, browser } = await adaWithBen(t)
  const stranger = await Visitor.arrive(browser, server.url)
  await stranger.page.getByLabel('Username or e-mail').fill('ada')
  await stranger.page.getByLabel('Password').fill('wrong')
  await stranger.page.getByRole('button', { name: 'Sign in' }).click()
  await stranger.page.getByText('do not belong together').waitFor()
  await stranger.page.getByRole('button', { name: 'Create an account' }).click()
  await stranger.page.getByLabel('Username').fill('ada')
  await stranger.page.getByLabel('Password').fill('correct horse battery')
  await stranger.page.getByRole('button', { name: 'Create account' }).click()
  await stranger.page.getByText('This username is taken').waitFor()
})

test('a message that looks like HTML or like code of a link is shown as it was written', {
  skip,
}, async (t) => {
  const { ada, ben } = await adaWithBen(t)
  const text = '<img src=x onerror="document.title=1"> [press](javascript:document.title=2)'
  await ada.say(text)
  await ben.open('Ada Lovelace')
  const message = ben.message('<img src=x')
  await message.waitFor()
  assert.equal(await message.locator('.body p').textContent(), text)
  assert.equal(await message.locator('.body img, .body a').count(), 0)
  // The policy holds also for whatever might get past it.
  const ran = await ben.page.evaluate(() => {
    try {
      document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.hasRun=true">')
      return 'inserted'
    } catch (error) {
      return (error as Error).name
    }
  })
  assert.equal(ran, 'TypeError')
})

test('no view is wider than a screen of 320 pixels', { skip }, async (t) => {
  const { server, ada, ben } = await adaWithBen(t)
  await ada.say(`${'W'.repeat(2_000)} \`${'c'.repeat(500)}\``)
  await ada.say(`\`\`\`\n${'x'.repeat(3_000)}\n\`\`\``)
  await ben.page.setViewportSize({ width: 320, height: 568 })
  for (const view of ['', 'new', 'settings', /c_\d+/.exec(ada.page.url())?.[0]]) {
    await ben.page.goto(`${server.url}/#/${view?.startsWith('c_') ? `c/${view}` : view}`)
    await ben.page.getByRole('main').waitFor()
    if (view?.startsWith('c_')) await ben.message('WWW').waitFor()
    const [wide, room] = await ben.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    assert.equal(wide, room, `at #/${view}`)
  }
})

test('an administrator sees the server, finds people, puts one out and deletes a conversation', {
  skip,
}, async (t) => {
  const server = await startParlance()
  t.after(() => server.close())
  const ada = await Visitor.arrive(await openBrowser(t), server.url)
  await ada.register('ada', 'Ada Lovelace')
  const ben = await NativeHttp.register(server.url, 'ben', { displayName: 'Ben Okri' })
  await ben.open('The library')
  await ada.page.goto(`${server.url}/#/admin`)
  await ada.page.getByText('Only administrators of this server').waitFor()
  const account = await server.chat.accounts.findByUsername('ada')
  await server.chat.accounts.setAdmin(account?.accountId ?? toAccountId(0), true)
  await ada.page.reload()
  await ada.page.getByText('Messages a second').waitFor()
  const list = (name: string) => ada.page.getByRole('list', { name, exact: true })
  await ada.page.getByLabel('Part of the name of an account').fill('okri')
  const row = list('Accounts').getByRole('listitem')
  await row.filter({ hasText: 'Ada Lovelace' }).waitFor({ state: 'detached' })
  await row.getByRole('link').click()
  await ada.page.getByRole('button', { name: 'Disable' }).click()
  await ada.page.getByRole('button', { name: 'Enable' }).waitFor()
  assert.equal(await ben.refusal('getMe'), '401 not_authorized')
  await ada.page.getByRole('link', { name: 'Back to administration' }).click()
  await list('What was done').getByText('accounts disable: ben').waitFor()
  await list('Conversations').getByRole('button', { name: 'Delete The library' }).click()
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await list('What was done')
    .getByText(/conversations delete/)
    .waitFor()
  await ada.page.getByText('Nothing was found.').waitFor()
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
    [320, 568],
  ] as const)
    for (const colorScheme of ['light', 'dark'] as const) {
      await ada.page.setViewportSize({ width, height })
      await ada.page.emulateMedia({ colorScheme })
      assert.deepEqual(await faultsOf(ada.page), [], `${width} ${colorScheme}`)
      assert.ok((await ada.page.evaluate(() => document.documentElement.scrollWidth)) <= width)
    }
  noErrors(ada)
})

test('a page that came over plain http by another name asks for no password, and says what to do', {
  skip,
}, async (t) => {
  const server = await startParlance({ PUBLIC_URL: 'https://chat.example' })
  t.after(() => server.close())
  const { page } = await Visitor.arrive(await openBrowser(t), server.url.replace('127.0.0.1', LAN_NAME))
  await page.getByRole('alert').getByText('begins with https').waitFor()
  assert.equal(await page.getByLabel('Password').count(), 0)
  assert.deepEqual(await faultsOf(page), [])
})
