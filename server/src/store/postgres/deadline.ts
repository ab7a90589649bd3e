/** Rejects when there is no answer in time: the driver by itself may connect in vain for ever. */
export async function within<T>(ms: number, answering: PromiseLike<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new NoAnswer(ms)), ms)
  try {
    return await Promise.race([answering, late])
  } finally {
    clearTimeout(timer)
  }
}

export class NoAnswer extends Error {
  readonly code = 'NO_ANSWER'

  constructor(ms: number) {
    super(`the database did not answer within ${ms} ms`)
  }
}
