interface Sized {
  /** Memory that it takes, in bytes, about. */
  readonly byteLength: number
}

interface Entry<Value> {
  readonly version: string
  readonly madeAt: number
  readonly value: Promise<Value>
  /** 0 while it is being made. */
  bytes: number
}

/** What an entry is of: a name in it may have changed, which no version tells (a guest's, once in 90 days). */
const MAX_AGE_MS = 60_000

/** What it takes to keep one, whatever it is: of a block whose messages are all deleted, that is all. */
const ENTRY_BYTES = 256
/** One that would leave room for fewer is not kept. */
const FEWEST_KEPT = 4

/**
 * What was made of rows, kept while its version is the same: a version is read from the store before the rows are,
 * so that what is made may be newer than its version says, and never older. Past `maxBytes` the longest unused go.
 */
export class Kept<Value extends Sized> {
  readonly #maxBytes: number
  readonly #now: () => number
  /** The longest unused first. */
  readonly #entries = new Map<string, Entry<Value>>()
  #bytes = 0

  constructor(maxBytes: number, now: () => number = () => performance.now()) {
    this.#maxBytes = maxBytes
    this.#now = now
  }

  /** What is kept under the key for that version, else what `make` makes: once, however many ask meanwhile. */
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
      // Whoever asked hears of it; the next asks anew.
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
      // One that is being made counts once it is there.
      if (bytes > 0) this.#forget(key)
    }
  }
}
