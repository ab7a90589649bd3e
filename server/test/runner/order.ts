/**
 * Files by what they start, the costliest first: the bench, whose forty servers run one after the other, then whole
 * installations, then engines and nodes of their own, then processes for each test. These mostly wait. The rest computes:
 * half of the processes begin there, so that both happen at a time.
 */
const COSTLY = [
  /^bench\/test\/short/,
  /\/(docker|haproxy|nginx)-/,
  // It packs, unpacks and installs five thousand files.
  /\/package\/installed/,
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

/** Files that share no process. */
const ALONE = [
  // Each has a browser of its own.
  /^web\/test\/browser\//,
  // It measures.
  /^bench\//,
  // They take servers to their limits, and count the seconds.
  /\/hostile\/server\/(?!authorization|cross-site|guessing|pushing|revocation|tokens)/,
  // Beside other files its sockets were still there a minute after its tests.
  /\/store\/postgres-dedicated-connection/,
  // It counts the objects of its own process.
  /\/transport\/idle-memory/,
  // It sees which modules are loaded, and those of other files would be already.
  /\/house\/config-loads/,
]

const isAlone = (file: string): boolean => ALONE.some((pattern) => pattern.test(file))

const costliestFirst = (files: readonly string[]): string[] => files.toSorted((a, b) => rankOf(a) - rankOf(b))

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
    const shared = costliestFirst(files.filter((file) => !isAlone(file)))
    // One that has nobody to share with is spared the detour.
    this.#shared = shared.length > 1 ? shared : []
    this.#alone = costliestFirst(files.filter((file) => !this.#shared.includes(file)))
    this.#isBegun = isBegun
  }

  /** The next job for that worker, of which every second one begins with the files that start least: see `COSTLY`. */
  next(worker: number): Job | undefined {
    const isForCostly = worker % 2 === 0
    return isForCostly
      ? (this.#nextAlone() ?? this.#nextShared(isForCostly))
      : (this.#nextShared(isForCostly) ?? this.#nextAlone())
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

  /** A process of its own takes from the front of them, whatever others have left. */
  #nextShared(isForCostly: boolean): Job | undefined {
    const left = this.#shared.filter((file) => !this.#isBegun(file))
    const files = isForCostly ? left : left.toReversed()
    return files.length === 0 ? undefined : { kind: 'shared', files }
  }
}
