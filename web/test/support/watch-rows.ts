import type { Page } from 'playwright-core'

/** Rows as a reader sees them: the place in the log, and where the top stands in the view. */
interface Seen {
  readonly seq: number
  readonly y: number
}

/** The row at the top of the view. */
export const topRow = (page: Page): Promise<Seen> =>
  page.evaluate(() => {
    const top = document.querySelector('.messages')?.getBoundingClientRect().top ?? 0
    const rows = [...document.querySelectorAll<HTMLElement>('.messages article[data-seq]')]
    const row = rows.find((one) => one.getBoundingClientRect().bottom > top + 1)
    return { seq: Number(row?.dataset.seq), y: row?.getBoundingClientRect().top ?? Number.NaN }
  })

/** Pixels by which a row has moved since; NaN where it is not there any more. */
export async function movedBy(page: Page, { seq, y }: Seen): Promise<number> {
  const now = await page.evaluate(
    (wanted) =>
      document.querySelector(`.messages article[data-seq="${wanted}"]`)?.getBoundingClientRect().top,
    seq,
  )
  return Math.abs((now ?? Number.NaN) - y)
}

/** Resolves when nothing has moved or been loaded for some frames. */
export const settled = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let [last, calm] = ['', 0]
        const look = () => {
          const now = [...document.querySelectorAll('.messages article[data-seq]')]
            .map((row) => `${row.getAttribute('data-seq')}:${row.getBoundingClientRect().top}`)
            .join()
          calm = now === last ? calm + 1 : 0
          last = now
          if (calm > 20) resolve()
          else requestAnimationFrame(look)
        }
        look()
      }),
  )
