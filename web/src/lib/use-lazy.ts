import { useEffect, useState } from 'preact/hooks'

/** A part of the page that is loaded when it is first wanted: undefined until then. `failed` where the network was away. */
export function useLazy<Part>(load: () => Promise<Part>, isWanted: boolean): Part | 'failed' | undefined {
  const [part, setPart] = useState<{ readonly is: Part | 'failed' }>()
  useEffect(() => {
    if (!isWanted || (part && part.is !== 'failed')) return
    let isOver = false
    load().then(
      (is) => !isOver && setPart({ is }),
      () => !isOver && setPart({ is: 'failed' }),
    )
    return () => {
      isOver = true
    }
  }, [isWanted])
  return part?.is
}
