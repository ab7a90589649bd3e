import { readFile, rename, writeFile } from 'node:fs/promises'
import { type Kept, MemoryStorage, type OutboxStorage } from './outbox/storage.ts'

/**
 * Keeps the outbox in a file, for bots and other programs of Node: what is not sent yet survives their end. One process
 * at a time uses a file.
 */
export class FileStorage implements OutboxStorage {
  readonly #path: string
  readonly #entries = new Map<string, Kept>()
  readonly #memory = new MemoryStorage()
  #writing: Promise<void> = Promise.resolve()
  #isDirty = false

  constructor(path: string) {
    this.#path = path
  }

  /** Throws where the file is there and cannot be read. */
  async load(): Promise<readonly Kept[]> {
    await this.#writing
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '[]'
      throw error
    })
    const entries: readonly Kept[] = JSON.parse(text)
    for (const entry of entries) this.#entries.set(entry.clientId, entry)
    return [...this.#entries.values()]
  }

  put(entry: Kept): Promise<void> {
    this.#entries.set(entry.clientId, entry)
    return this.#write()
  }

  remove(clientId: string): Promise<void> {
    this.#entries.delete(clientId)
    return this.#write()
  }

  lead(onLead: () => void): () => void {
    return this.#memory.lead(onLead)
  }

  watch(): () => void {
    return this.#memory.watch()
  }

  /** One write follows the other, and what came together is one. */
  #write(): Promise<void> {
    if (this.#isDirty) return this.#writing
    this.#isDirty = true
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#save())
    return this.#writing
  }

  async #save(): Promise<void> {
    this.#isDirty = false
    const next = `${this.#path}.next`
    await writeFile(next, JSON.stringify([...this.#entries.values()]))
    await rename(next, this.#path)
  }
}
