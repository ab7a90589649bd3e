import { join } from 'node:path'
import { type EventData, run } from 'node:test'

/** Hears of a failure, and of the one before it in the file. */
type Told = (failure: Failure, before: Failure | undefined) => void

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

/** The limit of each test and each hook. */
const TIMEOUT_MS = 600_000

/** Why tests are left out that do not say it themselves. */
const UNSAID = process.env.TARGET ? 'TARGET is not a server of our own' : 'it is marked so'

const COUNTS = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /

const PRELOAD = join(import.meta.dirname, 'preload.ts')

/** Runs one file in a process of its own; a failure is told at once, while the file's other tests still run. */
export async function runFile(root: string, file: string, onFailure: Told): Promise<Outcome> {
  const notes = new Notes(file, join(root, file), onFailure)
  const began = performance.now()
  // One run for each file: a run of many files reports them in their order, not as they end.
  const events = run({
    files: [join(root, file)],
    concurrency: 1,
    timeout: TIMEOUT_MS,
    execArgv: [`--import=${PRELOAD}`],
  })
  for await (const { type, data } of events) {
    if (type === 'test:stdout' || type === 'test:stderr') notes.output += data.message
    else if (type === 'test:diagnostic') notes.say(data)
    else if (type === 'test:start') notes.begin(data)
    else if (type === 'test:pass') notes.pass(data)
    else if (type === 'test:fail') notes.fail(data)
  }
  const { passes, failures, leftOut, output } = notes
  return { file, ms: performance.now() - began, passes, failures, leftOut, output }
}

/** Collects what one file's process reports. */
class Notes {
  readonly passes: Pass[] = []
  readonly failures: Failure[] = []
  readonly leftOut: LeftOut[] = []
  output = ''
  /** The names of the test that is reported and of the suites around it, outermost first. */
  readonly #names: string[] = []

  readonly #file: string
  readonly #path: string
  readonly #onFailure: Told

  constructor(file: string, path: string, onFailure: Told) {
    this.#file = file
    this.#path = path
    this.#onFailure = onFailure
  }

  /** Keeps a test's own diagnostics; the runner's counts come in the same way. */
  say({ message }: EventData.TestDiagnostic): void {
    if (!COUNTS.test(message)) this.output += `ℹ ${message}\n`
  }

  begin({ name, nesting }: EventData.TestStart): void {
    this.#names.splice(nesting, this.#names.length, name)
  }

  pass({ name, skip, details }: EventData.TestPass): void {
    // The runner reports a file without any tests as a test.
    if (name === this.#path) return
    if (skip !== undefined) {
      const reason = typeof skip === 'string' ? skip : UNSAID
      this.leftOut.push({ file: this.#file, names: [...this.#names], reason })
    } else if (details.type !== 'suite')
      this.passes.push({ names: [...this.#names], ms: details.duration_ms })
  }

  fail({ name, line, details: { error } }: EventData.TestFail): void {
    // A parent of failed tests: the failures themselves are already reported.
    if ('failureType' in error && error.failureType === 'subtestsFailed') return
    const isFile = name === this.#path
    const failure = {
      file: this.#file,
      line: isFile ? undefined : line,
      names: isFile ? ['the file itself'] : [...this.#names],
      error: error.cause ?? error,
    }
    this.#onFailure(failure, this.failures.at(-1))
    this.failures.push(failure)
  }
}
