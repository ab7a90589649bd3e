import type { Batch } from './batch.ts'
import type { OpenFiles } from './open-files.ts'
import type { Command, WriteAnswer } from './writes.ts'

interface ServingOptions {
  readonly batch: Batch
  readonly files: OpenFiles
  /** Folds the log into the file; false when another connection reads from it. */
  readonly foldLog: () => boolean
  readonly onLoss: (loss: Error) => void
}

/** Runs batches while the files are still there, and checks the files while nothing is written. */
export class Serving {
  readonly #options: ServingOptions
  #loss: Error | undefined
  /** Whether the log may hold more than pings. */
  #isLogUsed = true
  #isIdle = true

  constructor(options: ServingOptions) {
    this.#options = options
  }

  run(commands: readonly Command[]): readonly WriteAnswer[] {
    const { batch, files } = this.#options
    if (commands.some(([name]) => name !== 'ping')) this.noteWrite()
    // Checked before a commit only after a loss, so that a commit costs one check.
    const before = this.#loss && files.findAnyLoss()
    if (before) return commands.map(() => ({ outage: before, isUnknown: false }))
    const answers = batch.run(commands)
    this.#loss = files.findLoss()
    return answers.map((answer) => this.#judge(answer))
  }

  /** Something was written to the log, by a batch or beside them. */
  noteWrite(): void {
    this.#isLogUsed = true
    this.#isIdle = false
  }

  /** Called once a second. After a second without writes, folds the log: then a copy of the file alone is whole. */
  look(): void {
    const { files, foldLog, onLoss } = this.#options
    this.#loss = files.findAnyLoss()
    if (this.#loss) onLoss(this.#loss)
    else if (this.#isIdle && this.#isLogUsed) this.#isLogUsed = !foldLog()
    this.#isIdle = true
  }

  /** Makes success unknown after a loss: a commit to a file that is gone may be found where it went, or nowhere. */
  #judge(answer: WriteAnswer): WriteAnswer {
    return this.#loss && 'value' in answer ? { outage: this.#loss, isUnknown: true } : answer
  }
}
