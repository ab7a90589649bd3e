import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

interface KeptEndOptions {
  readonly scroller: RefObject<HTMLElement | null>
  /** Pixels from the end within which the reader is at the end. */
  readonly threshold: number
  readonly toEnd: () => void
}

/**
 * Keeps a reader at the end there while the view grows and shrinks, as when the keyboard of a phone or a longer draft takes room.
 * Elsewhere the upper edge of the view stays at its row by itself.
 */
export function useKeptEnd({ scroller, threshold, toEnd }: KeptEndOptions): void {
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    let height = element.clientHeight
    const observer = new ResizeObserver(() => {
      const wasAtEnd = element.scrollHeight - element.scrollTop - height <= threshold
      if (element.clientHeight === height) return
      height = element.clientHeight
      if (wasAtEnd) toEnd()
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
}
