const KIB = 1_024
const FIRST = 256 * KIB
const SMALLEST = 64 * KIB
const LARGEST = 8 * 1_024 * KIB

/** Milliseconds that a piece should take: long enough to be worth a request, short enough to show how it goes. */
const QUICK_MS = 1_000
const SLOW_MS = 4_000

/** The size of an upload's pieces, which follows from the time that the last ones took. */
export class Pieces {
  #size = FIRST

  /** In bytes. */
  get size(): number {
    return this.#size
  }

  /** `ms` is the time that one took. */
  took(ms: number): void {
    if (ms < QUICK_MS) this.#size = Math.min(LARGEST, this.#size * 2)
    if (ms > SLOW_MS) this.broke()
  }

  /** One did not come through. Answers whether the next are smaller. */
  broke(): boolean {
    const before = this.#size
    this.#size = Math.max(SMALLEST, before / 2)
    return this.#size < before
  }
}
