import type { Entry } from './entry.ts'

/** A read mark that the server does not have yet: one a conversation. */
export interface KeptMark {
  readonly clientId: string
  readonly conversation: string
  readonly seq: number
  readonly force: boolean
}

/** All that is kept, by its `clientId`. */
export type Kept = Entry | KeptMark

export const isMark = (kept: Kept): kept is KeptMark => 'force' in kept

/** Where the outbox keeps what is not sent yet. */
export interface OutboxStorage {
  load(): Promise<readonly Kept[]>
  put(kept: Kept): Promise<void>
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
  readonly #all = new Map<string, Kept>()

  load(): Promise<readonly Kept[]> {
    return Promise.resolve([...this.#all.values()])
  }

  put(kept: Kept): Promise<void> {
    this.#all.set(kept.clientId, kept)
    return Promise.resolve()
  }

  remove(clientId: string): Promise<void> {
    this.#all.delete(clientId)
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
