import type { EventData } from 'node:test'

/** Hears of a failure, and of the one before it in the file. */
export type Told = (failure: Failure, before: Failure | undefined) => void

interface Named {
  /** The names of the suites around it, and its own. */
  readonly names: readonly string[]
}

export interface Pass extends Named {
  readonly ms: number
}

export interface Failure extends Named {
  readonly file: string
  readonly line: number | undefined
  readonly error: unknown
}

export interface LeftOut extends Named {
  readonly file: string
  readonly reason: string
}

export interface Outcome {
  readonly file: string
  readonly ms: number
  readonly passes: readonly Pass[]
  readonly failures: readonly Failure[]
  readonly leftOut: readonly LeftOut[]
  /** Everything that the file wrote to stdout and stderr, and that its tests said. */
  readonly output: string
}

/** Why tests are left out that do not say it themselves. */
const UNSAID = process.env.TARGET ? 'TARGET is not a server of our own' : 'it is marked so'

const COUNTS = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /

interface NotesOptions {
  readonly file: string
  readonly path: string
  /** How many suites are around the file's own. */
  readonly depth: 0 | 1
  readonly onFailure: Told
}

/** Collects what is reported of one file. */
export class Notes {
  readonly #options: NotesOptions
  readonly #beganAt = performance.now()
  readonly #passes: Pass[] = []
  readonly #failures: Failure[] = []
  readonly #leftOut: LeftOut[] = []
  #output = ''
  /** The names of the test that is reported and of the suites around it, outermost first. */
  readonly #names: string[] = []

  constructor(options: NotesOptions) {
    this.#options = options
  }

  /** The file's outcome by now. */
  get outcome(): Outcome {
    return {
      file: this.#options.file,
      ms: performance.now() - this.#beganAt,
      passes: this.#passes,
      failures: this.#failures,
      leftOut: this.#leftOut,
      output: this.#output,
    }
  }

  write(text: string): void {
    this.#output += text
  }

  /** Keeps a test's own diagnostics; the runner's counts come in the same way. */
  say({ message }: EventData.TestDiagnostic): void {
    if (!COUNTS.test(message)) this.write(`ℹ ${message}\n`)
  }

  begin({ name, nesting }: EventData.TestStart): void {
    this.#names.splice(nesting, this.#names.length, name)
  }

  pass({ name, skip, details }: EventData.TestPass): void {
    const { file, path } = this.#options
    // The runner reports a file as a test, or as a suite.
    if (name === path) return
    if (skip !== undefined) {
      const reason = typeof skip === 'string' ? skip : UNSAID
      this.#leftOut.push({ file, names: this.#namesNow(), reason })
    } else if (details.type !== 'suite')
      this.#passes.push({ names: this.#namesNow(), ms: details.duration_ms })
  }

  fail({ name, line, details: { error } }: EventData.TestFail): void {
    // A parent of failed tests: the failures themselves are already reported.
    if ('failureType' in error && error.failureType === 'subtestsFailed') return
    const isFile = name === this.#options.path
    if (isFile) this.failWhole(error.cause ?? error)
    else this.#fail({ line, names: this.#namesNow(), error: error.cause ?? error })
  }

  /** The file itself has failed, and not one of its tests. */
  failWhole(error: unknown): void {
    this.#fail({ line: undefined, names: ['the file itself'], error })
  }

  #fail(failed: Omit<Failure, 'file'>): void {
    const failure = { file: this.#options.file, ...failed }
    this.#options.onFailure(failure, this.#failures.at(-1))
    this.#failures.push(failure)
  }

  readonly #namesNow = (): readonly string[] => this.#names.slice(this.#options.depth)
}
