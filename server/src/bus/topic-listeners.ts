import type { Listener, OnRenewed, Renewal, Unsubscribe } from './bus.ts'

interface Entry {
  readonly listener: Listener<unknown>
  readonly onRenewed: OnRenewed | undefined
}

/** The listeners of this node, by topic. */
export class TopicListeners {
  readonly #topics = new Map<string, Set<Entry>>()
  readonly #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  add(topic: string, entry: Entry, onEmpty?: () => void): Unsubscribe {
    const entries = this.#topics.get(topic) ?? new Set()
    this.#topics.set(topic, entries)
    entries.add(entry)
    return () => {
      if (!entries.delete(entry) || entries.size > 0 || this.#topics.get(topic) !== entries) return
      this.#topics.delete(topic)
      onEmpty?.()
    }
  }

  has(topic: string): boolean {
    return this.#topics.has(topic)
  }

  tell(topic: string, news: unknown): void {
    this.#each(topic, ({ listener }) => listener(news))
  }

  renew(topic: string, why: Renewal): void {
    this.#each(topic, ({ onRenewed }) => onRenewed?.(why))
  }

  renewAll(why: Renewal): void {
    for (const topic of [...this.#topics.keys()]) this.renew(topic, why)
  }

  topics(): Iterable<string> {
    return this.#topics.keys()
  }

  clear(): void {
    this.#topics.clear()
  }

  #each(topic: string, call: (entry: Entry) => void): void {
    const entries = this.#topics.get(topic)
    if (!entries) return
    for (const entry of entries) {
      try {
        call(entry)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}
