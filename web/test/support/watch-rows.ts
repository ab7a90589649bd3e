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
          if (calm > 15) resolve()
          else requestAnimationFrame(look)
        }
        look()
      }),
  )

/** Pixels between the end of the list and the lower edge of the view. */
export const distanceFromEnd = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const list = document.querySelector('.messages')
    return list ? list.scrollHeight - list.scrollTop - list.clientHeight : Number.NaN
  })

/** Resolves at the end of the list. */
export const atEnd = (page: Page) =>
  page.waitForFunction(() => {
    const list = document.querySelector('.messages')
    return list !== null && list.scrollHeight - list.scrollTop - list.clientHeight <= 1
  })

/** All that a reader has seen from one frame to the next. */
interface Watched {
  /** Every message that was in the page. */
  readonly seqs: readonly number[]
  /** Neighbours in a frame between which a message was missing. */
  readonly gaps: readonly string[]
  /** Pixels by which the text moved in each frame, downwards; NaN where no row was left to compare. */
  readonly steps: readonly number[]
}

/** Looks at each frame from now on; the answer ends it. */
export async function watchFrames(page: Page): Promise<() => Promise<Watched>> {
  const watch = await page.evaluateHandle(() => {
    const seqs = new Set<number>()
    const gaps: string[] = []
    const steps: number[] = []
    let last = new Map<number, number>()
    let isOver = false
    const look = () => {
      const view = document.querySelector('.messages')?.getBoundingClientRect()
      const rows = [...document.querySelectorAll<HTMLElement>('.messages article[data-seq]')]
      const now = new Map(rows.map((row) => [Number(row.dataset.seq), row.getBoundingClientRect().top]))
      let before: number | undefined
      for (const seq of now.keys()) {
        seqs.add(seq)
        if (before !== undefined && seq !== before + 1) gaps.push(`${before}-${seq}`)
        before = seq
      }
      // A row that is in the view now and was known before: rows far outside may be measured meanwhile.
      const inView = [...now].filter(([, y]) => view && y >= view.top - 200 && y <= view.bottom)
      const [seq, y] = inView.find(([one]) => last.has(one)) ?? []
      if (last.size > 0)
        steps.push(seq === undefined || y === undefined ? Number.NaN : y - (last.get(seq) ?? Number.NaN))
      last = now
    }
    // A frame is laid out after its callbacks, and painted before the next task.
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = look
    const frame = () => {
      port2.postMessage(undefined)
      if (!isOver) requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
    return {
      end: () => {
        isOver = true
        return { seqs: [...seqs].sort((a, b) => a - b), gaps, steps: steps.filter((step) => step !== 0) }
      },
    }
  })
  return () => watch.evaluate(({ end }) => end())
}
