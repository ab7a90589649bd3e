import { join } from 'node:path'
import type { ClaimantOf } from './claims.ts'
import { Notes, type Outcome, type Told } from './notes.ts'
import { runProcess } from './run-file.ts'

type TestEvent = ReturnType<typeof runProcess> extends AsyncIterable<infer Event> ? Event : never

const SHARED = join(import.meta.dirname, 'shared.ts')

let processes = 0

interface SharedRun {
  readonly root: string
  /** Those of them run that no other process has begun. */
  readonly files: readonly string[]
  readonly claimantOf: ClaimantOf
  readonly onBegin: (file: string) => void
  readonly onFailure: Told
  readonly onEnd: (outcome: Outcome) => void
}

/** Runs files in one process, one after the other, and tells of each as it ends. Resolves with how many it has begun. */
export async function runShared(shared: SharedRun): Promise<number> {
  const name = `process ${++processes}`
  const reports = new Reports(shared)
  const paths = shared.files.map((file) => join(shared.root, file))
  for await (const event of runProcess(SHARED, [name, ...paths])) reports.hear(event)
  const begun = paths.filter((path) => shared.claimantOf(path) === name)
  reports.end(begun)
  return begun.length
}

/** Tells the files apart in the reports of their process: each is a suite with the file's path as its name. */
class Reports {
  readonly #shared: SharedRun
  readonly #files: ReadonlyMap<string, string>
  readonly #notes = new Map<string, Notes>()
  readonly #ended = new Set<string>()
  /** The file that runs: the output of the process is its. */
  #running: Notes | undefined
  /** The file whose results are told; the next may run already. */
  #told: Notes | undefined
  #failure: unknown

  constructor(shared: SharedRun) {
    this.#shared = shared
    this.#files = new Map(shared.files.map((file) => [join(shared.root, file), file]))
  }

  hear({ type, data }: TestEvent): void {
    if (type === 'test:stdout' || type === 'test:stderr') this.#running?.write(data.message)
    else if (type === 'test:diagnostic') this.#told?.say(data)
    else if (type === 'test:enqueue') {
      if (data.nesting === 0 && this.#files.has(data.name)) this.#running = this.#notesOf(data.name)
    } else if (type === 'test:start') {
      if (data.nesting === 0) this.#told = this.#notes.get(data.name)
      this.#told?.begin(data)
    } else if (type === 'test:pass') {
      this.#told?.pass(data)
      if (data.nesting === 0) this.#end(data.name)
    } else if (type === 'test:fail') {
      if (data.name === SHARED) this.#failure = data.details.error
      else this.#told?.fail(data)
      if (data.nesting === 0) this.#end(data.name)
    }
  }

  /** The process has ended. A file whose end was not told has failed: perhaps it has killed the process. */
  end(begun: readonly string[]): void {
    const unended = begun.filter((path) => !this.#ended.has(path))
    const failed = unended.length === 0 && this.#failure !== undefined ? [SHARED] : unended
    for (const path of failed) {
      this.#notesOf(path).failWhole(this.#failure ?? new Error('its process ended before it'))
      this.#end(path)
    }
  }

  #notesOf(path: string): Notes {
    const { onBegin, onFailure } = this.#shared
    const file = this.#files.get(path) ?? path
    const notes = this.#notes.get(path) ?? new Notes({ file, path, depth: 1, onFailure })
    if (!this.#notes.has(path)) onBegin(file)
    this.#notes.set(path, notes)
    return notes
  }

  #end(path: string): void {
    const notes = this.#notes.get(path)
    if (!notes) return
    this.#ended.add(path)
    this.#shared.onEnd(notes.outcome)
  }
}
