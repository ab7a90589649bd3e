import { statSync } from 'node:fs'

/** Suffixes of the files beside the database: its log, its connections' shared memory, and its only server's lock. */
const SUFFIXES = ['-wal', '-shm', '.lock'] as const

/**
 * The files of a database, as they were when it was opened. The system goes on writing into a file that was deleted or
 * moved away, and reports success, but the next server to start finds none of those writes.
 */
export class OpenFiles {
  readonly #identities: ReadonlyMap<string, string | undefined>
  readonly #essential: readonly string[]

  /** All of them must exist. `path` may lead to the file by links. */
  constructor(path: string, realPath: string) {
    const [log = '', ...others] = SUFFIXES.map((suffix) => `${realPath}${suffix}`)
    this.#essential = [path, log]
    this.#identities = new Map([...this.#essential, ...others].map((file) => [file, identityOf(file)]))
  }

  /** The reason why a commit made now would be lost, if any. Cheap enough for each commit. */
  findLoss(): Error | undefined {
    return this.#findLossAmong(this.#essential)
  }

  /** Checks also the files that a commit does without, but another program needs. */
  findAnyLoss(): Error | undefined {
    return this.#findLossAmong(this.#identities.keys())
  }

  #findLossAmong(files: Iterable<string>): Error | undefined {
    for (const file of files) {
      const identity = identityOf(file)
      if (identity === this.#identities.get(file)) continue
      const what = identity === undefined ? 'was deleted or moved away' : 'was replaced by another file'
      return new Error(`${file} ${what} while the server had it open: put it back, or restart the server`)
    }
    return undefined
  }
}

/** Undefined when the file does not exist, or may not be looked at. */
function identityOf(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file)
    return `${dev} ${ino}`
  } catch {
    return undefined
  }
}
