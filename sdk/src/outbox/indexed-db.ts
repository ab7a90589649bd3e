import type { Kept, OutboxStorage } from './storage.ts'

interface Opening {
  result: Database
  error: unknown
  onsuccess: unknown
  onerror: unknown
  onupgradeneeded: unknown
}
interface Request<Value> {
  result: Value
}
interface Transaction {
  objectStore(name: string): Table
  oncomplete: unknown
  onabort: unknown
  readonly error: unknown
}
interface Table {
  getAll(): Request<Kept[]>
  put(kept: Kept): Request<unknown>
  delete(key: string): Request<unknown>
}
interface Database {
  createObjectStore(name: string, options: { keyPath: string }): unknown
  transaction(name: string, mode: 'readonly' | 'readwrite'): Transaction
}
/** The part of a browser that this storage uses; the library's own types would want all of a browser's. */
export interface Browser {
  readonly indexedDB: { open(name: string, version: number): Opening }
  readonly navigator: {
    /** A page that came over plain HTTP has none. */
    readonly locks?:
      | { request(name: string, options: { signal: AbortSignal }, run: () => Promise<void>): Promise<void> }
      | undefined
  }
  readonly BroadcastChannel: new (
    name: string,
  ) => { onmessage: unknown; postMessage(message: unknown): void; close(): void }
}

const TABLE = 'outbox'

/**
 * Keeps the outbox in a browser's IndexedDB. Tabs share it by `name`, such as one with the account's id; the one that
 * holds the Web Lock sends for all.
 */
export class IndexedDbStorage implements OutboxStorage {
  readonly #name: string
  readonly #browser: Browser
  readonly #database: Promise<Database>

  /** `browser` is the page's global object unless said otherwise. */
  constructor(name: string, browser: Browser = globalThis as unknown as Browser) {
    this.#name = `parlance-${name}`
    this.#browser = browser
    this.#database = openDatabase(browser, this.#name)
    // Every use awaits it, and is told.
    this.#database.catch(() => undefined)
  }

  async load(): Promise<readonly Kept[]> {
    const { result } = await this.#run('readonly', (table) => table.getAll())
    return result
  }

  async put(kept: Kept): Promise<void> {
    await this.#run('readwrite', (table) => table.put(kept))
    this.#tell()
  }

  async remove(clientId: string): Promise<void> {
    await this.#run('readwrite', (table) => table.delete(clientId))
    this.#tell()
  }

  lead(onLead: () => void): () => void {
    const { locks } = this.#browser.navigator
    // Each tab sends then: the server stores what two of them send once, and each sends in order.
    if (!locks) {
      queueMicrotask(onLead)
      return () => undefined
    }
    const ended = new AbortController()
    const holding = () =>
      new Promise<void>((resolve) => {
        ended.signal.addEventListener('abort', () => resolve())
        onLead()
      })
    locks
      .request(this.#name, { signal: ended.signal }, holding)
      // Given up while it waited.
      .catch(() => undefined)
    return () => ended.abort()
  }

  watch(onChange: () => void): () => void {
    const channel = new this.#browser.BroadcastChannel(this.#name)
    channel.onmessage = () => onChange()
    return () => channel.close()
  }

  async #run<Value>(
    mode: 'readonly' | 'readwrite',
    use: (table: Table) => Request<Value>,
  ): Promise<Request<Value>> {
    const transaction = (await this.#database).transaction(TABLE, mode)
    const request = use(transaction.objectStore(TABLE))
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request)
      transaction.onabort = () => reject(transaction.error)
    })
  }

  #tell(): void {
    const channel = new this.#browser.BroadcastChannel(this.#name)
    channel.postMessage('changed')
    channel.close()
  }
}

const openDatabase = ({ indexedDB }: Browser, name: string): Promise<Database> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE, { keyPath: 'clientId' })
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error)
  })
