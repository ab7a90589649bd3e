import { statSync } from 'node:fs'

/** Beside the file itself: its log, what its connections share, and what makes this its only server. */
const SUFFIXES = ['-wal', '-shm', '.lock'] as const

/**
 * The files that a database consists of, as they were when it was opened. The system goes on writing into a file that
 * was deleted or moved away, and says that all is well: who starts next finds none of it.
 */
export class OpenFiles {
  readonly #identities: ReadonlyMap<string, string | undefined>
  readonly #essential: readonly string[]

  /** All of them are there. `path` may lead to the file by links. */
  constructor(path: string, realPath: string) {
    const [log = '', ...others] = SUFFIXES.map((suffix) => `${realPath}${suffix}`)
    this.#essential = [path, log]
    this.#identities = new Map([...this.#essential, ...others].map((file) => [file, identityOf(file)]))
  }

  /** Whether what is committed now will be found. Cheap enough for each commit. */
  findLoss(): Error | undefined {
    return this.#findLossAmong(this.#essential)
  }

  /** Also of what a commit does without, and another program does not. */
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

/** Undefined when it is not there, or nobody may look. */
function identityOf(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file)
    return `${dev} ${ino}`
  } catch {
    return undefined
  }
}
