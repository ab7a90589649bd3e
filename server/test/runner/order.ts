/**
 * Files by what they start, the costliest first: the bench, whose forty servers run one after the other, then whole
 * installations, then engines and nodes of their own, then processes for each test. The rest runs inside the process of
 * its file.
 */
const COSTLY = [
  /^bench\/test\/short/,
  /\/(docker|haproxy|nginx)-/,
  /\/cluster-/,
  // They compute little, and wait for minutes.
  /\/store\/(postgres|kill)\.test/,
  /\/(operating|moving|examples)\//,
  /\/hostile\/server\//,
  /\/(redis|engine|pgbouncer|postgres)-/,
  /\/(config|compose|answers)\//,
  /\/house\/style/,
]

const rankOf = (file: string): number => {
  const rank = COSTLY.findIndex((pattern) => pattern.test(file))
  return rank < 0 ? COSTLY.length : rank
}

/** Begins the costliest first: one that began last would be waited for alone. */
export class Queue {
  readonly #files: string[]

  constructor(files: readonly string[]) {
    this.#files = files.toSorted((a, b) => rankOf(a) - rankOf(b))
  }

  /**
   * The next file for that worker, of which every second one begins at the cheap end: the costly files mostly wait for
   * their processes, the others compute, and so both happen at a time.
   */
  next(worker: number): string | undefined {
    return worker % 2 === 0 ? this.#files.shift() : this.#files.pop()
  }
}
