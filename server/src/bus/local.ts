import type { Bus, Listener, PresenceSets, Topic, Unsubscribe } from './bus.ts'

/** One process: news is a function call. */
export class LocalBus implements Bus {
  readonly presence: PresenceSets = new LocalPresence()
  readonly #listeners = new Map<string, Set<Listener<never>>>()
  readonly #onListenerError: (error: unknown) => void

  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError
  }

  publish<T>(topic: Topic<T>, news: T): void {
    const listeners = this.#listeners.get(topic.name)
    if (!listeners) return
    for (const listener of listeners) {
      try {
        // The name fixes the type: `subscribe` put only listeners of this topic here.
        ;(listener as Listener<T>)(news)
      } catch (error) {
        this.#onListenerError(error)
      }
    }
  }

  subscribe<T>(topic: Topic<T>, listener: Listener<T>): Unsubscribe {
    const listeners = this.#listeners.get(topic.name) ?? new Set()
    this.#listeners.set(topic.name, listeners)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(topic.name) === listeners)
        this.#listeners.delete(topic.name)
    }
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    this.#listeners.clear()
  }
}

class LocalPresence implements PresenceSets {
  readonly #sets = new Map<string, Map<string, { holders: number; about: string }>>()

  async enter(set: string, member: string, about = ''): Promise<boolean> {
    const members = this.#sets.get(set) ?? new Map()
    this.#sets.set(set, members)
    const entry = members.get(member)
    if (entry) entry.holders++
    else members.set(member, { holders: 1, about })
    return entry === undefined
  }

  async leave(set: string, member: string): Promise<boolean> {
    const members = this.#sets.get(set)
    const entry = members?.get(member)
    if (!members || !entry || --entry.holders > 0) return false
    members.delete(member)
    if (members.size === 0) this.#sets.delete(set)
    return true
  }

  async members(set: string): Promise<ReadonlyMap<string, string>> {
    return new Map([...(this.#sets.get(set) ?? [])].map(([member, { about }]) => [member, about]))
  }

  async count(set: string): Promise<number> {
    return this.#sets.get(set)?.size ?? 0
  }

  async has(set: string, member: string): Promise<boolean> {
    return this.#sets.get(set)?.has(member) ?? false
  }

  async countHolders(set: string): Promise<number> {
    let holders = 0
    for (const entry of this.#sets.get(set)?.values() ?? []) holders += entry.holders
    return holders
  }

  async names(prefix: string): Promise<readonly string[]> {
    return [...this.#sets.keys()].filter((name) => name.startsWith(prefix))
  }
}
