import type { Entry } from './entry.ts'

/** Where the outbox keeps what is not sent yet. */
export interface OutboxStorage {
  load(): Promise<readonly Entry[]>
  put(entry: Entry): Promise<void>
  remove(clientId: string): Promise<void>
  /**
   * Calls back when this client is the one that sends: at once, or when the one before it, such as another tab, has
   * gone. The answer gives that up.
   */
  lead(onLead: () => void): () => void
  /** Calls back when another client has changed something. The answer ends it. */
  watch(onChange: () => void): () => void
}

/** Forgets at the end of the process. */
export class MemoryStorage implements OutboxStorage {
  readonly #entries = new Map<string, Entry>()

  load(): Promise<readonly Entry[]> {
    return Promise.resolve([...this.#entries.values()])
  }

  put(entry: Entry): Promise<void> {
    this.#entries.set(entry.clientId, entry)
    return Promise.resolve()
  }

  remove(clientId: string): Promise<void> {
    this.#entries.delete(clientId)
    return Promise.resolve()
  }

  lead(onLead: () => void): () => void {
    onLead()
    return () => undefined
  }

  watch(): () => void {
    return () => undefined
  }
}
