/** Bytes that a node's kept news may take; past it the oldest is forgotten before its time. */
export const MAX_KEPT_BYTES = 64 * 1024 * 1024
/** An entry takes about this much besides its texts. */
const ENTRY_BYTES = 200

export interface KeptEntry {
  readonly untilMs: number
  /** When it was kept, by the wall clock, which other nodes have too. */
  readonly atMs: number
  readonly bytes: number
  /** JSON of the news; undefined when another place has it. */
  text: string | undefined
}

/** The last news of some topics, each for a while. Bounded in all, whoever publishes. */
export class KeptNews {
  readonly #onForgotten: (topic: string) => void
  /** In the order in which they were kept. */
  readonly #entries = new Map<string, KeptEntry>()
  #bytes = 0

  /** `onForgotten` is told of a topic whose news had to make room for others. */
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

  /** Those whose text is here. */
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

/** A character may take two. */
const bytesOf = (topic: string, text: string): number => ENTRY_BYTES + 2 * (topic.length + text.length)
