import { setTimeout } from 'node:timers/promises'
import { MAX_STALL_MS, stalls } from '../../../delivery/index.ts'
import type { WsConnection } from '../../../transport/index.ts'

/**
 * Resolves once the peer has taken what was sent. A peer that takes too long is disconnected as slow: events of its
 * conversations wait here meanwhile, and must not wait for ever.
 */
export async function keepingPace(ws: WsConnection): Promise<void> {
  if (!ws.isCrowded) return
  const waiting = new AbortController()
  const isTaken = ws.drained().then(() => true)
  const isLate = setTimeout(MAX_STALL_MS, false, { ref: false, signal: waiting.signal }).catch(() => true)
  if (!(await Promise.race([isTaken, isLate]))) {
    stalls.slowCloses++
    ws.onSlow()
  }
  waiting.abort()
}
