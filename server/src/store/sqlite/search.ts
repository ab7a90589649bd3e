import type { DatabaseSync } from 'node:sqlite'
import type { Micros } from '../../lib/clock.ts'
import type { FoundMessages, MessageSearch, SearchStore } from '../store.ts'
import type { AccountReader } from './account-reader.ts'
import { read } from './failure.ts'
import { DetailsReader } from './message-details.ts'
import type { ReadingThread } from './reading-thread.ts'
import { SEARCH_POSITION } from './search-writes.ts'
import { prepare } from './statement.ts'

export class SqliteSearch implements SearchStore {
  readonly #thread: ReadingThread
  readonly #details: DetailsReader
  readonly #position

  constructor(db: DatabaseSync, thread: ReadingThread, accounts: AccountReader) {
    this.#thread = thread
    this.#details = new DetailsReader(db, accounts)
    this.#position = prepare<{ messageId: number }>(db, SEARCH_POSITION)
  }

  /** One way to the thread and back, whatever has to be looked at there; the senders are remembered here. */
  async find(search: MessageSearch): Promise<FoundMessages> {
    const { items: places, ...found } = await this.#thread.read('foundPlaces', search)
    const messages = await this.#details.listGiven(places.map(({ messageId }) => messageId))
    return { ...found, items: [...messages].sort((one, other) => other.messageId - one.messageId) }
  }

  idFrom(at: Micros): Promise<number> {
    return this.#thread.read('idFrom', at)
  }

  indexedUpTo(): Promise<number> {
    return read(() => this.#position.get()?.messageId ?? 0)
  }
}
