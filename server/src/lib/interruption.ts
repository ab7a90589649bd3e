import { CommandEnd } from './command-end.ts'

/** The exit code by which a shell reports a command that Ctrl-C has ended. */
const INTERRUPTED = 130

interface Interruption extends Disposable {
  /** Aborts with a `CommandEnd`. */
  readonly signal: AbortSignal
}

/** Until disposed of, Ctrl-C and SIGTERM abort the signal instead of ending the process. */
export function onInterruption(sentence: string): Interruption {
  const stop = new AbortController()
  const abort = () => stop.abort(new CommandEnd(sentence, { exitCode: INTERRUPTED }))
  const names = ['SIGINT', 'SIGTERM'] as const
  for (const name of names) process.once(name, abort)
  return {
    signal: stop.signal,
    [Symbol.dispose]: () => {
      for (const name of names) process.removeListener(name, abort)
    },
  }
}

/** The work's result, or the signal's reason as soon as it aborts: the work itself may go on until its end. */
export async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, stopped])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
