import { Live, type Observable } from '../lib/live.ts'
import type { Entry } from './entry.ts'
import { isMark, type OutboxStorage } from './storage.ts'

export interface EntriesParts {
  readonly storage: OutboxStorage
  onChange(conversation: string): void
  /** The storage has failed: what waits is in memory only. */
  onError(error: unknown): void
}

const MOST_ENDED = 2_000

/** The outbox's entries, in memory and in the storage behind. */
export class Entries {
  readonly #parts: EntriesParts
  readonly #all = new Map<string, Entry>()
  /** Those that the storage is known to have. */
  readonly #stored = new Set<string>()
  readonly #list = new Live<readonly Entry[]>(() => [...this.#all.values()].sort((a, b) => a.order - b.order))
  /** The last that have ended here: a load that began before may still bring them. */
  readonly #ended = new Set<string>()
  #lastOrder = 0

  constructor(parts: EntriesParts) {
    this.#parts = parts
  }

  /** In order. */
  get list(): Observable<readonly Entry[]> {
    return this.#list
  }

  get size(): number {
    return this.#all.size
  }

  get(clientId: string): Entry | undefined {
    return this.#all.get(clientId)
  }

  /** After all others, also those that other clients of the same storage make. */
  nextOrder(now: number): number {
    this.#lastOrder = Math.max(this.#lastOrder + 1, now)
    return this.#lastOrder
  }

  put(entry: Entry): void {
    this.#set(entry)
    const { storage, onError } = this.#parts
    storage.put(entry).then(() => this.#stored.add(entry.clientId), onError)
  }

  /** The server has it: it stays in memory alone, until the store shows what it did. */
  putSent(entry: Entry): void {
    this.#unstore(entry.clientId)
    this.#set(entry)
  }

  delete(entry: Entry): void {
    this.#all.delete(entry.clientId)
    if (entry.state !== 'sent') this.#unstore(entry.clientId)
    this.#changed(entry)
  }

  /** Takes what the storage has, and answers the ids of those that it has no more: another client has sent or discarded them. */
  async reload(isLeading: boolean): Promise<readonly string[]> {
    const before = new Set(this.#stored)
    const stored = await this.#parts.storage.load()
    for (const entry of stored) {
      if (isMark(entry) || this.#ended.has(entry.clientId)) continue
      this.#stored.add(entry.clientId)
      this.#lastOrder = Math.max(this.#lastOrder, entry.order)
      const mine = this.#all.get(entry.clientId)
      const isRetried = mine?.state === 'failed' && entry.state === 'queued'
      if (isLeading && mine && !isRetried) continue
      // An entry that was being sent when its client ended is sent again: the id is the same.
      this.#set(isLeading && entry.state === 'sending' ? { ...entry, state: 'queued' } : entry)
    }
    const kept = new Set(stored.map(({ clientId }) => clientId))
    const isGone = ({ clientId, state }: Entry): boolean =>
      before.has(clientId) && !kept.has(clientId) && state !== 'sent' && !(isLeading && state === 'sending')
    const gone = [...this.#all.values()].filter(isGone)
    for (const entry of gone) this.delete(entry)
    return gone.map(({ clientId }) => clientId)
  }

  /** This client sends from now on: what another was sending when it ended is sent again. */
  takeOver(): void {
    for (const entry of this.#all.values())
      if (entry.state === 'sending') this.put({ ...entry, state: 'queued' })
  }

  #unstore(clientId: string): void {
    this.#stored.delete(clientId)
    this.#ended.add(clientId)
    if (this.#ended.size > MOST_ENDED) this.#ended.delete([...this.#ended][0] ?? '')
    this.#parts.storage.remove(clientId).catch(this.#parts.onError)
  }

  #set(entry: Entry): void {
    this.#all.set(entry.clientId, entry)
    this.#changed(entry)
  }

  #changed({ conversation }: Entry): void {
    this.#list.changed()
    this.#parts.onChange(conversation)
  }
}
