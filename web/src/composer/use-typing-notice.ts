import type { ConversationHandle } from '@parlance/client'
import { useRef } from 'preact/hooks'

/** Milliseconds after which somebody who still writes says so again. */
const EVERY_MS = 3_000

/** To be called at each key: tells the others now and then that somebody writes. */
export function useTypingNotice(place: ConversationHandle): () => void {
  const toldAt = useRef(0)
  return () => {
    const now = Date.now()
    if (now - toldAt.current < EVERY_MS) return
    toldAt.current = now
    place.tellTyping()
  }
}
