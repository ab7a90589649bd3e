/** Topics that are remembered one by one; a larger set means all topics. */
const MAX_TOPICS = 10_000

/** A topic that every node listens to: a poke on it is for all topics; news on it says that a node has died. */
export const EVERYTHING = '*'

/** Topics whose news may have been missed. Bounded: past `MAX_TOPICS` the set means all topics. */
export class TopicSet {
  readonly #topics = new Set<string>()

  add(topic: string): void {
    if (this.#topics.size <= MAX_TOPICS) this.#topics.add(topic)
  }

  addAll(others: TopicSet): void {
    for (const topic of others.#topics) this.add(topic)
  }

  /** Returns the topics and empties the set. */
  take(): readonly string[] {
    const topics = this.#topics.size > MAX_TOPICS ? [EVERYTHING] : [...this.#topics]
    this.#topics.clear()
    return topics
  }
}
