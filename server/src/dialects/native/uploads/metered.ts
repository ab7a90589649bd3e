import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { runAfter } from '../../../lib/timers.ts'
import type { Limits } from '../../../transport/index.ts'

/** Milliseconds after which a client that sends nothing more is cut off. */
const STALL_MS = 30_000
/** Bytes of one token of the limits. */
const TOKEN_BYTES = 1_024

/**
 * An upload's bytes, read no faster than its account may send, and than all of a node's accounts may together. The
 * stream is left as it is where reading ends early: its request is still to be answered.
 */
export async function* metered(stream: Readable, payer: number, limits: Limits): AsyncGenerator<Buffer> {
  const stalled = runAfter(STALL_MS, () => stream.destroy(new Error('the client sent nothing more')))
  try {
    for await (const piece of stream.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(piece)) throw new Error('a body that is no bytes')
      const tokens = piece.length / TOKEN_BYTES
      limits.charge('upload', payer, tokens)
      limits.charge('uploadInAll', '', tokens)
      yield piece
      while (limits.check('upload', payer) > 0 || limits.check('uploadInAll', '') > 0)
        await setTimeout(PAUSE_MS)
      stalled.refresh()
    }
  } finally {
    clearTimeout(stalled)
  }
}

/** Milliseconds after which an upload that went too fast is looked at again. */
const PAUSE_MS = 50
