import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { noBrowser } from '../support/browser.ts'
import { longWorld } from '../support/long-world.ts'
import { movedBy, settled, topRow } from '../support/watch-rows.ts'

// A very long conversation, as a reader sees it. The row that is read moves by no more than a pixel.

const skip = noBrowser
const SOME = 3_000

/** Turns the wheel over the list, without waiting for what it brings. */
async function turn(page: Page, pixels: number): Promise<void> {
  await page.mouse.wheel(0, pixels)
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
}

/** Reads back through history. */
async function readBack(page: Page, turns: number): Promise<void> {
  await page.locator('.messages').hover()
  for (let at = 0; at < turns; at++) await turn(page, -600)
  await settled(page)
}

async function stays(page: Page, what: string, deed: () => Promise<unknown>): Promise<void> {
  await settled(page)
  const before = await topRow(page)
  await deed()
  await settled(page)
  const moved = await movedBy(page, before)
  assert.ok(moved <= 1, `${what} moved message ${before.seq} by ${moved} px`)
}

const atEnd = (page: Page) =>
  page.waitForFunction(() => {
    const list = document.querySelector('.messages')
    return list !== null && list.scrollHeight - list.scrollTop - list.clientHeight <= 1
  })

test('nothing that happens while somebody reads history moves the row that is read', { skip }, async (t) => {
  const { page, say, edit, newBody, count } = await longWorld(t, { count: SOME })
  await readBack(page, 12)
  await stays(page, 'a burst', () => Promise.all(Array.from({ length: 200 }, (_, at) => say(newBody(at)))))
  await page.getByRole('button', { name: '200 new messages' }).waitFor()
  const { seq } = await topRow(page)
  for (const place of [seq - 4, seq - 1, seq, seq + 2])
    await stays(page, `an edit of ${place}, ${place - seq} from the top,`, async () => {
      await edit(place, `edited\n${'and longer than before\n'.repeat(8)}`)
      await page.locator(`article[data-seq="${place}"]`).getByText('edited').first().waitFor()
    })
  await stays(page, 'another font', () =>
    page.evaluate(() => {
      document.body.style.fontFamily = 'monospace'
      document.body.style.letterSpacing = '1px'
    }),
  )
  await page.getByRole('button', { name: '200 new messages' }).click()
  await page.locator(`article[data-seq="${count + 200}"]`).waitFor()
  await atEnd(page)
})

test('somebody who comes back to a conversation finds the very row that was left', { skip }, async (t) => {
  const { page, long, short } = await longWorld(t, { count: SOME })
  await readBack(page, 25)
  const before = await topRow(page)
  for (const way of ['by a link', 'by the way back']) {
    await page.goto(short)
    await page.getByText('beginning of your conversation with Cleo').waitFor()
    if (way === 'by a link') await page.goto(long)
    else await page.goBack()
    await page.locator(`article[data-seq="${before.seq}"]`).waitFor()
    await settled(page)
    const moved = await movedBy(page, before)
    assert.ok(moved <= 1, `${way}, message ${before.seq} was ${moved} px elsewhere`)
  }
})
