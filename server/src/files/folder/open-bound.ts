import { ChatError } from '../../core/errors.ts'

/** Counts files that are open; one more than the bound is refused 'busy'. */
export class OpenBound {
  readonly #max: number
  #open = 0

  constructor(max: number) {
    this.#max = max
  }

  /** Answers what gives the place back, once, however often it is called. */
  take(): () => void {
    if (this.#open >= this.#max) throw new ChatError('busy')
    this.#open++
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      this.#open--
    }
  }
}
