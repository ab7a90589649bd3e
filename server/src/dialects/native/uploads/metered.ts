import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { runAfter } from '../../../lib/timers.ts'
import { type Limits, streamed } from '../../../transport/index.ts'

/** Milliseconds in which a client sends the least that is progress, or is cut off. */
const STALL_MS = 30_000
const LEAST_BYTES = 8_192
/** Bytes of one token of the limits. */
const TOKEN_BYTES = 1_024
/** Milliseconds after which an upload that went too fast is looked at again. */
const PAUSE_MS = 50

interface Meter {
  /** The account that sends. */
  readonly payer: number
  readonly limits: Limits
  readonly stallMs?: number
}

/**
 * An upload's bytes, read no faster than its account may send, and than all of a node's accounts may together. It takes
 * as long as it takes while it gets on; a client that sends next to nothing is cut off. The stream is left as it is
 * where reading ends early: its request is still to be answered.
 */
export async function* metered(
  stream: Readable,
  { payer, limits, stallMs = STALL_MS }: Meter,
): AsyncGenerator<Buffer> {
  const end = streamed(stream)
  const stalled = runAfter(stallMs, () => stream.destroy(new Error('the client sent nothing more')))
  let since = 0
  try {
    for await (const piece of stream.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(piece)) throw new Error('a body that is no bytes')
      const tokens = piece.length / TOKEN_BYTES
      limits.charge('upload', payer, tokens)
      limits.charge('uploadInAll', '', tokens)
      yield piece
      since += piece.length
      while (limits.check('upload', payer) > 0 || limits.check('uploadInAll', '') > 0) {
        await setTimeout(PAUSE_MS)
        // The wait is ours, not the client's.
        stalled.refresh()
      }
      if (since < LEAST_BYTES) continue
      since = 0
      stalled.refresh()
    }
  } finally {
    clearTimeout(stalled)
    end()
  }
}
