import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startParlance, type TestServer } from '../../../server/test/support/server.ts'
import { noBrowser, openBrowser, Visitor } from '../support/browser.ts'

const skip = noBrowser

const COUNT = 1_500

/** Bodies of any height: from a word to thirty lines. */
const bodyOf = (number: number): string =>
  `message ${number}\n${'a line of some words\n'.repeat(randomInt(0, 30) ** 2 / 40)}`

interface World {
  readonly server: TestServer
  readonly page: Page
  /** Says something as the other one. */
  say(body: string): Promise<void>
}

/** Ada, who has yet to read a long conversation with Ben, at the list of messages. */
async function longConversation(t: TestContext, { isRead }: { isRead: boolean }): Promise<World> {
  const server = await startParlance()
  t.after(() => server.close())
  const { chat } = server
  const browser = await openBrowser(t)
  const ada = await Visitor.arrive(browser, server.url)
  await ada.register('ada', 'Ada Lovelace')
  const other = await Visitor.arrive(browser, server.url)
  await other.register('ben', 'Ben Okri')
  await ada.writeTo('be', 'Ben Okri')
  const [one, two] = await Promise.all(['ada', 'ben'].map((name) => chat.accounts.findByUsername(name)))
  assert.ok(one && two)
  const { page } = ada
  const id = Number(/c_(\d+)/.exec(page.url())?.[1])
  const standing = await chat.conversations.standing(two.accountId, id as never)
  assert.ok(standing)
  const say = async (body: string) => {
    await chat.messages.send(two, standing, { body, native: { format: 'markdown' } })
  }
  await page.goto(`${server.url}/#/settings`)
  await other.page.close()
  for (let number = 1; number <= COUNT; number += 100)
    await Promise.all(Array.from({ length: 100 }, (_, index) => say(bodyOf(number + index))))
  // A page that is yet to hear of most of them would open at the first, and follow the rest to the end.
  await page.getByRole('img', { name: `${COUNT.toLocaleString('en')} unread messages` }).waitFor()
  if (isRead) {
    await page.goto(`${server.url}/#/c/c_${id}`)
    await page.getByText('New messages', { exact: true }).waitFor()
    await page.getByRole('button', { name: /new messages/ }).click()
    await page
      .getByRole('article')
      .filter({ hasText: `message ${COUNT}` })
      .waitFor()
    await page.waitForFunction(() => document.title === 'Parlance')
  }
  return { server, page, say }
}

/** The row at the top of the view: its place in the log, and where it stands. */
const topRow = (page: Page) =>
  page.evaluate(() => {
    const view = document.querySelector('.messages')?.getBoundingClientRect()
    const rows = [...document.querySelectorAll<HTMLElement>('article[data-seq]')]
    const row = rows.find((one) => one.getBoundingClientRect().bottom > (view?.top ?? 0) + 1)
    return { seq: Number(row?.dataset.seq), y: row?.getBoundingClientRect().top ?? Number.NaN }
  })

const yOf = (page: Page, seq: number) =>
  page.evaluate(
    (wanted) => document.querySelector(`article[data-seq="${wanted}"]`)?.getBoundingClientRect().top,
    seq,
  )

/** Resolves when nothing has moved for some frames. */
const settled = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let [last, calm] = ['', 0]
        const look = () => {
          const now = [...document.querySelectorAll('article[data-seq]')]
            .map((row) => `${row.getAttribute('data-seq')}:${row.getBoundingClientRect().top}`)
            .join()
          calm = now === last ? calm + 1 : 0
          last = now
          if (calm > 15) resolve()
          else requestAnimationFrame(look)
        }
        look()
      }),
  )

test('it opens at the first message that is new, below its line', { skip }, async (t) => {
  const { page } = await longConversation(t, { isRead: false })
  await page.getByRole('link', { name: 'Ben Okri' }).click()
  await page.getByText('New messages', { exact: true }).waitFor()
  await settled(page)
  assert.equal((await topRow(page)).seq, 1)
})

test('the list that is at its end stays there while others write', { skip }, async (t) => {
  const { page, say } = await longConversation(t, { isRead: true })
  for (let number = 1; number <= 20; number++) await say(bodyOf(10_000 + number))
  await page.getByRole('article').filter({ hasText: 'message 10020' }).waitFor()
  await settled(page)
  const distance = await page.evaluate(() => {
    const list = document.querySelector('.messages')
    return list ? list.scrollHeight - list.scrollTop - list.clientHeight : Number.NaN
  })
  assert.ok(distance <= 1, `${distance} px from the end`)
})

test('the row that is read stays in its place while older pages and newer messages come', {
  skip,
}, async (t) => {
  const { page, say } = await longConversation(t, { isRead: true })
  const moved: number[] = []
  for (let round = 0; round < 8; round++) {
    await page.locator('.messages').hover()
    await page.mouse.wheel(0, -2_500)
    await settled(page)
    const before = await topRow(page)
    for (let number = 1; number <= 5; number++) await say(bodyOf(20_000 + number))
    await settled(page)
    moved.push(Math.abs(((await yOf(page, before.seq)) ?? Number.NaN) - before.y))
  }
  assert.ok(
    moved.every((pixels) => pixels <= 1),
    `moved by ${moved.join(', ')} px`,
  )
})

test('a reader who scrolls to the beginning misses no message', { skip }, async (t) => {
  const { page } = await longConversation(t, { isRead: true })
  await page.locator('.messages').hover()
  const seen = new Set<number>()
  for (let turns = 0; turns < 2_000 && !seen.has(1); turns++) {
    for (const seq of await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('article[data-seq]')].map((row) => Number(row.dataset.seq)),
    ))
      seen.add(seq)
    await page.mouse.wheel(0, -700)
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
  }
  const missing = Array.from({ length: COUNT }, (_, index) => index + 1).filter((seq) => !seen.has(seq))
  assert.deepEqual(missing, [])
})
