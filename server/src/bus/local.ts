import type { Bus, Listener, PresenceSets, RetainedNews, Topic, Unsubscribe } from './bus.ts'
import { KeptNews } from './kept-news.ts'
import { LocalPresence } from './local-presence.ts'
import { TopicListeners } from './topic-listeners.ts'

/** One process: news is a function call. */
export class LocalBus implements Bus {
  readonly isShared: boolean = false
  readonly presence: PresenceSets = new LocalPresence()
  readonly #listeners: TopicListeners
  readonly #kept = new KeptNews()

  constructor(onListenerError: (error: unknown) => void) {
    this.#listeners = new TopicListeners(onListenerError)
  }

  publish<T>({ name }: Topic<T>, news: T): void {
    this.#listeners.tell(name, news)
  }

  keep<T>({ name }: Topic<T>, news: T, forMs: number): void {
    this.#kept.put(name, JSON.stringify(news), forMs)
  }

  async kept<T>({ name }: Topic<T>): Promise<RetainedNews<T> | undefined> {
    const entry = this.#kept.get(name)
    if (entry?.text === undefined) return undefined
    // The name fixes the type: only news of this topic is kept there.
    return { news: JSON.parse(entry.text) as T, leftMs: entry.untilMs - performance.now() }
  }

  subscribe<T>({ name }: Topic<T>, listener: Listener<T>): Unsubscribe {
    // The name fixes the type: only news of this topic is told there.
    return this.#listeners.add(name, { listener: listener as Listener<unknown>, onRenewed: undefined })
  }

  async settled(): Promise<void> {}

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    this.#listeners.clear()
  }
}
