import { signal } from '@preact/signals'
import { sentenceOf } from '../lib/sentence.ts'

/** Milliseconds for which a notice stays. */
const STAYS_MS = 6_000

interface Notice {
  readonly text: string
  readonly isFailure: boolean
}

/** One sentence about what was just done, or why it was not. */
export const notice = signal<Notice | undefined>(undefined)
let timer: ReturnType<typeof setTimeout> | undefined

function tell(text: string, { isFailure = false } = {}): void {
  clearTimeout(timer)
  notice.value = { text, isFailure }
  timer = setTimeout(() => {
    notice.value = undefined
  }, STAYS_MS)
}

/** Its reader has gone elsewhere, where it would only cover something. */
export function forgetNotice(): void {
  notice.value = undefined
}

/** Does something that has no place of its own for its failure: that is told instead. */
export async function attempt(deed: () => Promise<unknown>, done?: string): Promise<void> {
  try {
    await deed()
    if (done !== undefined) tell(done)
  } catch (error) {
    tell(sentenceOf(error), { isFailure: true })
  }
}

export const copy = (text: string, done: string): Promise<void> =>
  attempt(() => navigator.clipboard.writeText(text), done)
