import { useState } from 'preact/hooks'
import { useDeed } from './busy.ts'

export interface Saving {
  readonly isBusy: boolean
  readonly failure: string | undefined
  /** Whether all is saved: until something is changed again. */
  readonly isDone: boolean
  readonly save: (deed: () => Promise<unknown>) => Promise<void>
  /** To be called at each change. */
  readonly touch: () => void
}

/** Saves a form, and tells how that went. */
export function useSaving(): Saving {
  const [isDone, setDone] = useState(false)
  const { isBusy, failure, run } = useDeed()
  const save = async (deed: () => Promise<unknown>) => {
    if (isBusy) return
    await run(async () => {
      await deed()
      setDone(true)
    })
  }
  return { isBusy, failure, isDone, save, touch: () => setDone(false) }
}
