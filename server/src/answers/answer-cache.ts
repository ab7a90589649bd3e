interface Sized {
  /** Bytes of memory that it takes, about. */
  readonly byteLength: number
}

interface Entry<Value> {
  readonly version: string
  readonly madeAt: number
  readonly value: Promise<Value>
  /** 0 while the value is being made. */
  bytes: number
}

/** Milliseconds that an entry is used: a name in it may change, which no version shows (a guest's, once in 90 days). */
const MAX_AGE_MS = 60_000

/** Bytes that an entry takes besides its value. A block whose messages are all deleted takes no more. */
const ENTRY_BYTES = 256
/** A value so large that fewer of its size would fit is not kept. */
const FEWEST_KEPT = 4

/**
 * Values made from rows, kept while their version is the same. A version is read from the store before the rows are,
 * so that a value may be newer than its version, and never older. Past `maxBytes` the longest unused are dropped.
 */
export class AnswerCache<Value extends Sized> {
  readonly #maxBytes: number
  readonly #now: () => number
  /** The longest unused entry comes first. */
  readonly #entries = new Map<string, Entry<Value>>()
  #bytes = 0

  constructor(maxBytes: number, now: () => number = () => performance.now()) {
    this.#maxBytes = maxBytes
    this.#now = now
  }

  /** The value kept under the key for that version; else the one that `make` makes, once for all who ask meanwhile. */
  get(key: string, version: string, make: () => Promise<Value>): Promise<Value> {
    const known = this.#entries.get(key)
    if (known && known.version === version && this.#now() - known.madeAt < MAX_AGE_MS) {
      this.#entries.delete(key)
      this.#entries.set(key, known)
      return known.value
    }
    this.#forget(key)
    return this.#make(key, version, make)
  }

  #make(key: string, version: string, make: () => Promise<Value>): Promise<Value> {
    const value = make()
    const entry: Entry<Value> = { version, madeAt: this.#now(), value, bytes: 0 }
    this.#entries.set(key, entry)
    value.then(
      ({ byteLength }) => {
        if (this.#entries.get(key) !== entry) return
        if (byteLength > this.#maxBytes / FEWEST_KEPT) {
          this.#entries.delete(key)
          return
        }
        entry.bytes = byteLength + ENTRY_BYTES
        this.#bytes += entry.bytes
        this.#shrink()
      },
      // The callers get the failure; the next call makes the value anew.
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key)
      },
    )
    return value
  }

  #forget(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0
    this.#entries.delete(key)
  }

  #shrink(): void {
    for (const [key, { bytes }] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) return
      // An entry that is being made counts once its value is there.
      if (bytes > 0) this.#forget(key)
    }
  }
}
