import type { Bus, Listener, PresenceSets, Topic, Unsubscribe } from './bus.ts'
import { Listeners } from './listeners.ts'
import { LocalPresence } from './local-presence.ts'

/** One process: news is a function call. */
export class LocalBus implements Bus {
  readonly isShared: boolean = false
  readonly presence: PresenceSets = new LocalPresence()
  readonly #listeners: Listeners

  constructor(onListenerError: (error: unknown) => void) {
    this.#listeners = new Listeners(onListenerError)
  }

  publish<T>({ name }: Topic<T>, news: T): void {
    this.#listeners.tell(name, news)
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
