import { useState } from 'preact/hooks'
import { sentenceOf } from './sentence.ts'

/** A deed that takes a moment: whether it is being done, and the sentence of its failure. */
export function useDeed(): {
  readonly isBusy: boolean
  readonly failure: string | undefined
  readonly run: (deed: () => Promise<unknown>) => Promise<void>
} {
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()
  const run = async (deed: () => Promise<unknown>) => {
    setBusy(true)
    setFailure(undefined)
    try {
      await deed()
    } catch (error) {
      setFailure(sentenceOf(error))
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, failure, run }
}
