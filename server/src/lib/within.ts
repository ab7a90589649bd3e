/** Rejects with `NoAnswer` when `who` has not answered in time. What it was asked goes on. */
export async function within<T>(ms: number, who: string, answering: PromiseLike<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new NoAnswer(ms, who)), ms)
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
