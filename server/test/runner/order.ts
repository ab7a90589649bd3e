/**
 * Files by what they start, the costliest first: the bench, whose forty servers run one after the other, then whole
 * installations, then engines and nodes of their own, then processes for each test. They mostly wait, so each has a
 * process of its own. The rest computes, and shares processes.
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

/** The rest that cannot share a process, each with its reason. */
const ALONE = [
  // It counts the bytes of its own process.
  /\/transport\/idle-memory/,
]

const isAlone = (file: string): boolean =>
  rankOf(file) < COSTLY.length || ALONE.some((pattern) => pattern.test(file))

/** One file in a process of its own, or those that processes share. */
export type Job =
  | { readonly kind: 'alone'; readonly file: string }
  | { readonly kind: 'shared'; readonly files: readonly string[] }

/** Begins the costliest first: one that began last would be waited for alone. */
export class Queue {
  readonly #alone: string[]
  #shared: readonly string[]
  readonly #isBegun: (file: string) => boolean

  /** `isBegun` tells whether a process that is shared has taken the file. */
  constructor(files: readonly string[], isBegun: (file: string) => boolean) {
    const shared = files.filter((file) => !isAlone(file))
    // One that has nobody to share with is spared the detour.
    this.#shared = shared.length > 1 ? shared : []
    this.#alone = files
      .filter((file) => !this.#shared.includes(file))
      .toSorted((a, b) => rankOf(a) - rankOf(b))
    this.#isBegun = isBegun
  }

  /**
   * The next job for that worker, of which every second one begins with files that share a process: the others mostly
   * wait for what they start, these compute, and so both happen at a time.
   */
  next(worker: number): Job | undefined {
    return worker % 2 === 0
      ? (this.#nextAlone() ?? this.#nextShared())
      : (this.#nextShared() ?? this.#nextAlone())
  }

  /** A process that begins none of the files that are left cannot be shared: each runs alone. */
  stopSharing(): void {
    this.#alone.push(...this.#shared.filter((file) => !this.#isBegun(file)))
    this.#shared = []
  }

  #nextAlone(): Job | undefined {
    const file = this.#alone.shift()
    return file === undefined ? undefined : { kind: 'alone', file }
  }

  #nextShared(): Job | undefined {
    const files = this.#shared.filter((file) => !this.#isBegun(file))
    return files.length === 0 ? undefined : { kind: 'shared', files }
  }
}
