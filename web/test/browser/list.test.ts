import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { noBrowser, PHONE } from '../support/browser.ts'
import { LongWorld } from '../support/long-world.ts'
import { atEnd, distanceFromEnd, movedBy, settled, topRow, watchFrames } from '../support/watch-rows.ts'

// A conversation of 100,000 messages of any height, as a reader sees it. The row that is read moves by no more than a pixel,
// whatever happens around it, and nobody who scrolls misses a message.

const skip = noBrowser
const COUNT = 100_000
const UNREAD = 300

let world: LongWorld
const closings: (() => unknown)[] = []
before(async () => {
  const owner = { after: (close: () => unknown) => void closings.unshift(close) }
  if (!noBrowser) world = await LongWorld.make(owner, { count: COUNT, unread: UNREAD })
})
after(async () => {
  for (const close of closings) await close()
})

/** Turns the wheel over the list, without waiting for what it brings. */
async function turn(page: Page, times: number, pixels: number): Promise<void> {
  await page.locator('.messages').hover()
  for (let at = 0; at < times; at++) {
    await page.mouse.wheel(0, pixels)
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
  }
}

async function stays(page: Page, what: string, deed: () => Promise<unknown>): Promise<void> {
  await settled(page)
  const before = await topRow(page)
  await deed()
  await settled(page)
  const moved = await movedBy(page, before)
  assert.ok(moved <= 1, `${what} moved message ${before.seq} by ${moved} px`)
}

/** A page of Ada's that shows the messages around one. */
async function around(t: TestContext, seq: number): Promise<Page> {
  const page = await world.open(t, world.long(seq))
  await page.locator(`article.found[data-seq="${seq}"]`).waitFor()
  await settled(page)
  return page
}

/** Scrolls that way while all frames are watched: no message is skipped, and the text moves as the wheel turns. */
async function scrollsEvenly(page: Page, times: number, pixels: number): Promise<readonly number[]> {
  const end = await watchFrames(page)
  await turn(page, times, pixels)
  await settled(page)
  const { seqs, gaps, steps } = await end()
  assert.deepEqual(gaps, [])
  assert.equal(seqs.length, (seqs.at(-1) ?? 0) - (seqs[0] ?? 0) + 1, 'every message has been in the page')
  // Several turns may come in one frame of a busy machine, and leave no row to compare.
  const wrong = steps.filter((step) => step * -pixels < -1 || Math.abs(step) > 3 * Math.abs(pixels) + 1)
  assert.deepEqual(wrong, [], `steps of a wheel that turns by ${-pixels}: ${steps.join(', ')}`)
  return seqs
}

/** Resolves with the message that has the focus, once that is another one than before, and in view. */
async function focusAfter(page: Page, before: number): Promise<number> {
  const found = await page.waitForFunction((last) => {
    const row = document.activeElement
    const view = document.querySelector('.messages')?.getBoundingClientRect()
    if (!view || !(row instanceof HTMLElement) || !row.matches('.messages article')) return undefined
    const { top, bottom } = row.getBoundingClientRect()
    const seq = Number(row.dataset.seq)
    return seq !== last && top < view.bottom && bottom > view.top ? seq : undefined
  }, before)
  return Number(await found.jsonValue())
}

test('the list opens at the first message that is new, and follows others from its end', {
  skip,
}, async (t) => {
  const page = await world.open(t, world.long())
  await page.getByText('New messages', { exact: true }).waitFor()
  await settled(page)
  assert.equal((await topRow(page)).seq, COUNT - UNREAD + 1)
  await page.getByRole('button', { name: `${UNREAD} new messages` }).click()
  await page.locator(`article[data-seq="${COUNT}"]`).waitFor()
  await atEnd(page)
  await page.waitForFunction(() => document.title === 'Parlance')
  let last = 0
  for (let number = 1; number <= 20; number++) last = await world.say(world.newBody(number))
  await page.locator(`article[data-seq="${last}"]`).waitFor()
  await settled(page)
  assert.ok((await distanceFromEnd(page)) <= 1, `${await distanceFromEnd(page)} px from the end`)
})

test('nothing that happens while somebody reads history moves the row that is read', { skip }, async (t) => {
  await world.readAll()
  const page = await around(t, 80_000)
  await turn(page, 8, -500)
  await stays(page, 'a burst', () =>
    Promise.all(Array.from({ length: 200 }, (_, at) => world.say(world.newBody(at)))),
  )
  await page.getByRole('button', { name: '200 new messages' }).waitFor()
  const { seq } = await topRow(page)
  // Every third message is Ada's own, and not Ben's to edit.
  for (const place of [seq - 5, seq - 4, seq - 1, seq, seq + 1].filter((one) => one % 3 !== 2))
    await stays(page, `an edit of ${place}, ${place - seq} from the top,`, async () => {
      await world.edit(place, `edited\n${'and longer than before\n'.repeat(8)}`)
      await page.locator(`article[data-seq="${place}"]`).getByText('edited').first().waitFor()
    })
  await stays(page, 'another font', () =>
    page.evaluate(() => {
      document.body.style.fontFamily = 'monospace'
      document.body.style.letterSpacing = '1px'
    }),
  )
  await page.getByRole('button', { name: '200 new messages' }).click()
  await atEnd(page)
})

test('pictures that come late move nothing', { skip }, async (t) => {
  let first = 0
  for (let at = 0; at < 8; at++) {
    first ||= await world.say(`picture ${at}`, [await world.picture()])
    await world.say(world.newBody(at), [await world.picture()])
  }
  const coming = Promise.withResolvers<void>()
  const page = await world.open(t, world.long(first + 4), {
    prepare: (fresh) =>
      fresh.route('**/v1/files/**', async (route) => {
        await coming.promise
        await route.continue()
      }),
  })
  await page.locator(`article.found[data-seq="${first + 4}"]`).waitFor()
  await stays(page, 'a picture', async () => {
    coming.resolve()
    await page.waitForFunction(() => {
      const pictures = [...document.querySelectorAll<HTMLImageElement>('.attachments img')]
      return pictures.length > 2 && pictures.every(({ naturalWidth }) => naturalWidth > 0)
    })
  })
})

test('older and newer pages come while the wheel turns, and no message is skipped', { skip }, async (t) => {
  const page = await around(t, 50_000)
  const up = await scrollsEvenly(page, 30, -300)
  assert.ok((up[0] ?? COUNT) < 49_970, `up to ${up[0]}`)
  const down = await scrollsEvenly(page, 60, 300)
  assert.ok((down.at(-1) ?? 0) > 50_030, `down to ${down.at(-1)}`)
})

test('the beginning is reached without a gap', { skip }, async (t) => {
  const page = await around(t, 80)
  const seen = await scrollsEvenly(page, 50, -400)
  assert.equal(seen[0], 1)
  await page.getByText('This is the beginning of your conversation with Ben Okri.').waitFor()
})

test('keys lead from message to message past all that is loaded, and to both ends', { skip }, async (t) => {
  await world.readAll()
  const page = await around(t, 30_000)
  const press = async (key: string) => {
    await page.keyboard.press(key)
    at = await focusAfter(page, at)
    return at
  }
  let at = 30_000
  const visited: number[] = []
  for (let times = 0; times < 40; times++) visited.push(await press('ArrowUp'))
  assert.deepEqual(
    visited,
    Array.from({ length: 40 }, (_, index) => 29_999 - index),
  )
  for (let times = 0; times < 6; times++) {
    const before = at
    assert.ok((await press('PageUp')) < before, `Page up led from ${before} to ${at}`)
  }
  assert.equal(await press('Home'), 1)
  await page.getByText('This is the beginning of your conversation with Ben Okri.').waitFor()
  assert.equal(await press('ArrowDown'), 2)
  const last = await world.say('the very last')
  await page.getByRole('button', { name: '1 new message' }).waitFor()
  assert.equal(await press('End'), last)
  await atEnd(page)
  assert.equal(await press('ArrowUp'), last - 1)
})

test('somebody who comes back to a conversation finds the very row that was left', { skip }, async (t) => {
  const page = await around(t, 60_000)
  await turn(page, 10, -500)
  await settled(page)
  const before = await topRow(page)
  for (const way of ['by a link', 'by the way back']) {
    await page.goto(world.short)
    await page.getByText('beginning of your conversation with Cleo').waitFor()
    if (way === 'by a link') await page.goto(world.long())
    else await page.goBack()
    await page.locator(`article[data-seq="${before.seq}"]`).waitFor()
    await settled(page)
    const moved = await movedBy(page, before)
    assert.ok(moved <= 1, `${way}, message ${before.seq} was ${moved} px elsewhere`)
  }
})

test('a deed in one tab moves nothing in another tab of the same person', { skip }, async (t) => {
  await world.readAll()
  const reading = await around(t, 70_000)
  await world.say('unread in both tabs')
  await reading.getByRole('button', { name: '1 new message' }).waitFor()
  await stays(reading, 'the other tab', async () => {
    const writing = await world.open(t, world.long())
    const latest = writing.getByRole('button', { name: /To the latest|new message/ })
    if ((await latest.count()) > 0) await latest.click()
    await writing.getByRole('article').filter({ hasText: 'unread in both tabs' }).waitFor()
    await reading.getByRole('button', { name: 'To the latest' }).waitFor()
    await writing.getByRole('textbox', { name: /^Message to/ }).fill('said in one tab')
    await writing.getByRole('button', { name: 'Send', exact: true }).click()
    await writing.getByRole('article').filter({ hasText: 'said in one tab' }).waitFor()
    await writing.bringToFront()
  })
  await reading.getByRole('button', { name: 'To the latest' }).click()
  await reading.getByRole('article').filter({ hasText: 'said in one tab' }).waitFor()
  await atEnd(reading)
})

test('on a phone the newest message stays above the keyboard, and the row that is read where it is', {
  skip,
}, async (t) => {
  await world.readAll()
  const page = await world.open(t, world.long(), { device: PHONE })
  await atEnd(page)
  await page.setViewportSize({ width: 390, height: 500 })
  await settled(page)
  assert.ok((await distanceFromEnd(page)) <= 1, `${await distanceFromEnd(page)} px below the keyboard`)
  await page.getByRole('textbox', { name: /^Message to/ }).fill('a\nlong\nmessage\nof\nlines')
  await settled(page)
  assert.ok((await distanceFromEnd(page)) <= 1, `${await distanceFromEnd(page)} px below the composer`)
  await page.setViewportSize({ width: 390, height: 844 })
  await settled(page)
  await scrollsEvenly(page, 12, -300)
  await stays(page, 'the keyboard', () => page.setViewportSize({ width: 390, height: 500 }))
  await stays(page, 'a phone that is turned', () => page.setViewportSize({ width: 844, height: 390 }))
})

test('a server that starts again in the middle of scrolling costs no message and moves nothing', {
  skip,
}, async (t) => {
  await world.readAll()
  const page = await around(t, 40_000)
  const end = await watchFrames(page)
  await world.restart(async () => {
    await page.getByText(/Offline since/).waitFor()
    await turn(page, 20, -400)
    await settled(page)
  })
  const said = await world.say('after the restart')
  await stays(page, 'the server', () => page.getByRole('button', { name: '1 new message' }).waitFor())
  // The reader has not moved since, and what lies above has come by itself.
  await turn(page, 1, -400)
  await page.waitForFunction(() => {
    const row = document.querySelector<HTMLElement>('.messages article[data-seq]')
    return Number(row?.dataset.seq) < 39_970
  })
  assert.deepEqual((await end()).gaps, [])
  await page.getByRole('button', { name: '1 new message' }).click()
  await page.locator(`article[data-seq="${said}"]`).waitFor()
})

test('a reader at the end is kept there by a burst that a slow machine cannot show as fast as it comes', {
  skip,
}, async (t) => {
  await world.readAll()
  const page = await world.open(t, world.long())
  await atEnd(page)
  await settled(page)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  const seqs = await Promise.all(Array.from({ length: 300 }, (_, n) => world.say(world.newBody(n))))
  await page.locator(`article[data-seq="${Math.max(...seqs)}"]`).waitFor()
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  await settled(page)
  assert.ok((await distanceFromEnd(page)) <= 1, `${await distanceFromEnd(page)} px from the end`)
})

test('a reader tries at once to reach a server that is back, and is told once that it was away', {
  skip,
}, async (t) => {
  const page = await world.open(t, world.long(), { prepare: (fresh) => fresh.clock.install() })
  const away = page.getByRole('status').filter({ hasText: /^Offline since/ })
  const button = page.getByRole('button', { name: 'Try now' })
  await world.restart(async () => {
    await page.getByText(/^Next try in \d+ s$/).waitFor()
    // From here on the client's own next attempt never comes.
    await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1))
    assert.match((await away.textContent()) ?? '', /^Offline since [\d:]+\. .*is back\.$/)
    assert.equal(
      await page
        .getByRole('status')
        .filter({ hasText: /Next try/ })
        .count(),
      0,
    )
  })
  const socket = page.waitForEvent('websocket')
  await button.focus()
  await page.keyboard.press('Enter')
  await socket
  await page.clock.resume()
  await button.waitFor({ state: 'detached' })
  await page.locator('.composer textarea:focus').waitFor()
})
