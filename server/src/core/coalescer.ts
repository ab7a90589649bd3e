import { runAfter } from '../lib/timers.ts'
import { ChatError } from './errors.ts'

interface Options<Subject> {
  readonly keyOf: (subject: Subject) => string
  readonly windowMs: number
  /** Wishes that may wait about one subject, and subjects with a window; one more is refused 'busy'. */
  readonly maxWaiting: number
  readonly maxWindows: number
}

interface Waiting<Wish, Result> {
  readonly wish: Wish
  readonly resolve: (granted: Granted<Result>) => void
  readonly reject: (error: unknown) => void
}

/** The result of a write of several wishes, and the place of the asker's own among them. */
interface Granted<Result> {
  readonly result: Result
  readonly place: number
}

/**
 * Makes one write of the wishes about one subject that come close together. The first is written at once; those of the
 * time behind it wait, are written together, and have others wait behind them.
 */
export class Coalescer<Subject, Wish, Result> {
  readonly #write: (subject: Subject, wishes: readonly Wish[]) => Promise<Result>
  readonly #options: Options<Subject>
  readonly #windows = new Map<string, Waiting<Wish, Result>[]>()

  constructor(
    write: (subject: Subject, wishes: readonly Wish[]) => Promise<Result>,
    options: Options<Subject>,
  ) {
    this.#write = write
    this.#options = options
  }

  async ask(subject: Subject, wish: Wish): Promise<Granted<Result>> {
    const { keyOf, maxWaiting, maxWindows } = this.#options
    const key = keyOf(subject)
    const waiting = this.#windows.get(key)
    if (!waiting) {
      if (this.#windows.size >= maxWindows) throw new ChatError('busy')
      this.#open(key, subject)
      return { result: await this.#write(subject, [wish]), place: 0 }
    }
    if (waiting.length >= maxWaiting) throw new ChatError('busy')
    return new Promise((resolve, reject) => {
      waiting.push({ wish, resolve, reject })
    })
  }

  #open(key: string, subject: Subject): void {
    this.#windows.set(key, [])
    runAfter(this.#options.windowMs, () => this.#close(key, subject))
  }

  #close(key: string, subject: Subject): void {
    const waiting = this.#windows.get(key) ?? []
    this.#windows.delete(key)
    if (waiting.length === 0) return
    this.#open(key, subject)
    this.#write(
      subject,
      waiting.map(({ wish }) => wish),
    ).then(
      (result) => {
        for (const [place, { resolve }] of waiting.entries()) resolve({ result, place })
      },
      (error) => {
        for (const { reject } of waiting) reject(error)
      },
    )
  }
}
