import type { DatabaseSync } from 'node:sqlite'
import type { Micros } from '../../lib/clock.ts'
import { walk } from '../search-walk.ts'
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

  find(search: MessageSearch): Promise<FoundMessages> {
    return walk(
      {
        conversations: (wanted) => this.#thread.read('searchedConversations', wanted),
        hits: (cells) => this.#thread.read('cellHits', cells),
        messages: (ids) => this.#details.listGiven(ids),
      },
      search,
    )
  }

  idFrom(at: Micros): Promise<number> {
    return this.#thread.read('idFrom', at)
  }

  indexedUpTo(): Promise<number> {
    return read(() => this.#position.get()?.messageId ?? 0)
  }
}
