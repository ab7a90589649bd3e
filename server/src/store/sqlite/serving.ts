import type { Batch } from './batch.ts'
import type { OpenFiles } from './open-files.ts'
import type { Answer, Command } from './writes.ts'

interface ServingOptions {
  readonly batch: Batch
  readonly files: OpenFiles
  /** Folds the log into the file; false when somebody is reading from it. */
  readonly foldLog: () => boolean
  readonly onLoss: (loss: Error) => void
}

/** Runs batches on files that are still there, and looks after them while nothing is written. */
export class Serving {
  readonly #options: ServingOptions
  #loss: Error | undefined
  /** The log holds more than pings. */
  #isLogUsed = true
  #isIdle = true

  constructor(options: ServingOptions) {
    this.#options = options
  }

  run(commands: readonly Command[]): readonly Answer[] {
    const { batch, files } = this.#options
    if (commands.some(([name]) => name !== 'ping')) {
      this.#isLogUsed = true
      this.#isIdle = false
    }
    // Looked at before a commit only once they were lost, so that a commit costs one look.
    const before = this.#loss && files.findAnyLoss()
    if (before) return commands.map(() => ({ outage: before, isUnknown: false }))
    const answers = batch.run(commands)
    this.#loss = files.findLoss()
    return answers.map((answer) => this.#judge(answer))
  }

  /** Once a second. A copy of the file alone is whole once nothing was written for that long. */
  look(): void {
    const { files, foldLog, onLoss } = this.#options
    this.#loss = files.findAnyLoss()
    if (this.#loss) onLoss(this.#loss)
    else if (this.#isIdle && this.#isLogUsed) this.#isLogUsed = !foldLog()
    this.#isIdle = true
  }

  /** What was committed to a file that is not there any more may be found where it has gone, or nowhere. */
  #judge(answer: Answer): Answer {
    return this.#loss && 'value' in answer ? { outage: this.#loss, isUnknown: true } : answer
  }
}
