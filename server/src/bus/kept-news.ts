/** Bytes that a node's kept news may take; past it the oldest is forgotten before its time. */
export const MAX_KEPT_BYTES = 64 * 1024 * 1024
/** Bytes that an entry takes besides its texts, roughly. */
const ENTRY_BYTES = 200

export interface KeptEntry {
  readonly untilMs: number
  /** Time of keeping in ms, by the wall clock: other nodes' entries are compared with it. */
  readonly atMs: number
  readonly bytes: number
  /** JSON of the news; undefined once it is stored elsewhere. */
  text: string | undefined
}

/** The last news of some topics, each kept for its time. All entries together are bounded by `MAX_KEPT_BYTES`. */
export class KeptNews {
  readonly #onForgotten: (topic: string) => void
  /** Topic → entry, in the order of keeping. */
  readonly #entries = new Map<string, KeptEntry>()
  #bytes = 0

  /** `onForgotten` is called with each topic whose news had to make room for others. */
  constructor(onForgotten: (topic: string) => void = () => undefined) {
    this.#onForgotten = onForgotten
  }

  put(topic: string, text: string, forMs: number): KeptEntry {
    this.remove(topic)
    const untilMs = performance.now() + forMs
    const entry = { untilMs, atMs: Date.now(), bytes: bytesOf(topic, text), text }
    this.#entries.set(topic, entry)
    this.#bytes += entry.bytes
    this.#makeRoom()
    return entry
  }

  get(topic: string): KeptEntry | undefined {
    const entry = this.#entries.get(topic)
    if (!entry || entry.untilMs > performance.now()) return entry
    this.remove(topic)
    return undefined
  }

  remove(topic: string): void {
    const entry = this.#entries.get(topic)
    if (!entry) return
    this.#entries.delete(topic)
    this.#bytes -= entry.bytes
  }

  /** The entries that still have their text. */
  *texts(): Iterable<readonly [topic: string, entry: KeptEntry]> {
    for (const [topic, entry] of this.#entries) if (entry.text !== undefined) yield [topic, entry]
  }

  #makeRoom(): void {
    const now = performance.now()
    for (const [topic, { untilMs }] of this.#entries) {
      const isOver = untilMs <= now
      if (!isOver && this.#bytes <= MAX_KEPT_BYTES) return
      this.remove(topic)
      if (!isOver) this.#onForgotten(topic)
    }
  }
}

/** Bytes of an entry: each character of its texts may take two. */
const bytesOf = (topic: string, text: string): number => ENTRY_BYTES + 2 * (topic.length + text.length)
