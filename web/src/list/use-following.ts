import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

interface FollowingOptions {
  readonly scroller: RefObject<HTMLElement | null>
  /** Pixels from the end within which the reader is at the end. */
  readonly threshold: number
  /** Whether rows that are added are to be followed. */
  readonly isOn: boolean
  readonly toEnd: () => void
}

interface Following {
  /** Whether the reader stands at the end. */
  readonly stands: () => boolean
  /** The list is about to lead elsewhere. */
  readonly leave: () => void
}

/**
 * Keeps a reader who stood at the end there until somebody scrolls back. The virtualizer follows what is added only while the
 * view is at the end: rows that come faster than they are measured would leave the reader behind.
 */
export function useFollowing({ scroller, threshold, isOn, toEnd }: FollowingOptions): Following {
  const stands = useRef(false)
  /** Where the view was last: a place before it was scrolled back to. */
  const top = useRef(0)
  const isWanted = useRef(isOn)
  isWanted.current = isOn
  const look = () => {
    const element = scroller.current
    if (!element) return
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight <= threshold
    if (isAtEnd) stands.current = isWanted.current
    else if (!isWanted.current || element.scrollTop < top.current - 1) stands.current = false
    top.current = element.scrollTop
    return isAtEnd
  }
  useEffect(() => {
    const element = scroller.current
    element?.addEventListener('scroll', look, { passive: true })
    return () => element?.removeEventListener('scroll', look)
  }, [])
  useLayoutEffect(() => {
    if (look() === false && stands.current) toEnd()
  })
  return {
    stands: () => stands.current,
    leave: () => {
      stands.current = false
    },
  }
}
