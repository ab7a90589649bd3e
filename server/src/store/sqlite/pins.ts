import type { DatabaseSync } from 'node:sqlite'
import type { ConversationId, MessageDetails } from '../../core/types.ts'
import type { NewPin, Pinned, PinPage, PinStore } from '../store.ts'
import type { AccountReader } from './account-reader.ts'
import { DetailsReader } from './message-details.ts'
import type { WriteQueue } from './write-queue.ts'

export class SqlitePins implements PinStore {
  readonly #writer: WriteQueue
  readonly #details: DetailsReader

  constructor(db: DatabaseSync, writer: WriteQueue, accounts: AccountReader) {
    this.#writer = writer
    this.#details = new DetailsReader(db, accounts)
  }

  set(pin: NewPin): Promise<Pinned> {
    return this.#writer.write('pins.set', pin)
  }

  list(conversationId: ConversationId, page: PinPage): Promise<readonly MessageDetails[]> {
    return this.#details.listPinned(conversationId, page)
  }
}
