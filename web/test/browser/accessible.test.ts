import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startParlance } from '../../../server/test/support/server.ts'
import { faultsOf } from '../support/axe.ts'
import { DESKTOP, noBrowser, openBrowser, PHONE, Visitor } from '../support/browser.ts'
import { PNG } from '../support/picture.ts'

for (const [where, options] of Object.entries({ desk: DESKTOP, phone: PHONE })) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing at a ${where}, ${colorScheme}`, { skip: noBrowser }, async (t) => {
      const server = await startParlance()
      t.after(() => server.close())
      const browser = await openBrowser(t)
      const ada = await Visitor.arrive(browser, server.url, { ...options, colorScheme })
      const ben = await Visitor.arrive(browser, server.url)
      await ben.register('ben', 'Ben Okri')
      const found: Record<string, readonly string[]> = { signIn: await faultsOf(ada.page) }
      await ada.register('ada', 'Ada Lovelace')
      found.empty = await faultsOf(ada.page)
      await ada.writeTo('be', 'Ben Okri')
      await ada.say('Hello **Ben**: `code`, https://example.com and\n\n> a quote\n\n- one\n- two')
      await ben.open('Ada Lovelace')
      await ben.say('Hello')
      await ben.act('Hello Ben', 'React with 🎉')
      await ada.message('Hello Ben').getByRole('button', { name: '🎉, 1' }).waitFor()
      found.conversation = await faultsOf(ada.page)
      await ada.composer.pressSequentially('**Look** @b')
      await ada.page.getByRole('option').first().waitFor()
      await ada.page.getByRole('button', { name: 'Preview' }).click()
      await ada.composer.press('End')
      found.completion = await faultsOf(ada.page)
      await ada.composer.fill('')
      await ada.page.getByRole('button', { name: 'Insert emoji' }).click()
      // A few of them: axe takes a minute for all.
      await ada.page.getByRole('searchbox', { name: 'Search emoji' }).fill('book')
      await ada.page.getByRole('gridcell', { name: 'open book' }).waitFor()
      found.emoji = await faultsOf(ada.page)
      // The first one empties the search.
      await ada.page.keyboard.press('Escape')
      await ada.page.keyboard.press('Escape')
      await ada.page.getByRole('dialog', { name: 'Emoji' }).waitFor({ state: 'detached' })
      await ada.page
        .locator('.composer input[type=file]')
        .setInputFiles([{ name: 'dot.png', mimeType: 'image/png', buffer: PNG }])
      await ada.page.getByRole('button', { name: 'Take dot.png off' }).waitFor()
      found.tray = await faultsOf(ada.page)
      await ada.say('A picture')
      await ada.message('A picture').getByRole('img', { name: 'dot.png' }).click()
      await ada.page.getByRole('dialog', { name: /dot\.png/ }).waitFor()
      found.viewer = await faultsOf(ada.page)
      await ada.page.keyboard.press('Escape')
      await ada.page.getByRole('button', { name: 'Details' }).click()
      found.details = await faultsOf(ada.page)
      for (const page of ['new', 'settings', '']) {
        await ada.page.goto(`${server.url}/#/${page}`)
        await ada.page.getByRole('main').or(ada.page.getByRole('navigation')).first().waitFor()
        found[page] = await faultsOf(ada.page)
      }
      assert.deepEqual(found, Object.fromEntries(Object.keys(found).map((view) => [view, []])))
    })
  }
}
