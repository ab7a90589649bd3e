/** Topics remembered one by one; past it all are meant. */
const MAX_TOPICS = 10_000

/** A topic that every node listens to: a poke there is one for all topics; news there, that a node has died. */
export const EVERYTHING = '*'

/** Topics of which something may have been missed. Bounded: too many stand for all. */
export class TopicSet {
  readonly #topics = new Set<string>()

  add(topic: string): void {
    if (this.#topics.size <= MAX_TOPICS) this.#topics.add(topic)
  }

  addAll(others: TopicSet): void {
    for (const topic of others.#topics) this.add(topic)
  }

  /** The topics, which are then forgotten. */
  take(): readonly string[] {
    const topics = this.#topics.size > MAX_TOPICS ? [EVERYTHING] : [...this.#topics]
    this.#topics.clear()
    return topics
  }
}
