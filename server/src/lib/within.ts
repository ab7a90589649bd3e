import { runAfter } from './timers.ts'

/** A timer this late means that our own process stalled, not that the peer is slow: wait once more. */
const HELD_UP_MS = 500

/**
 * Rejects with `NoAnswer` when `who` has not answered in time. The operation itself goes on. After a stall of this
 * process the time begins anew: the answer may have come meanwhile, and nobody has read it yet.
 */
export async function within<T>(ms: number, who: string, answering: PromiseLike<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  let timer: NodeJS.Timeout | undefined
  const wait = () => {
    const dueAt = performance.now() + ms
    timer = runAfter(ms, () => {
      if (performance.now() - dueAt > HELD_UP_MS) wait()
      else reject(new NoAnswer(ms, who))
    })
  }
  wait()
  try {
    return await Promise.race([answering, late])
  } finally {
    clearTimeout(timer)
  }
}

export class NoAnswer extends Error {
  readonly code = 'NO_ANSWER'

  constructor(ms: number, who: string) {
    super(`${who} did not answer within ${ms} ms`)
  }
}
