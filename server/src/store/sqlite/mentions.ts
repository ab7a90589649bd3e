import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, ConversationId, MessageDetails } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { MentionStore } from '../store.ts'
import type { AccountReader } from './account-reader.ts'
import { read } from './failure.ts'
import { DetailsReader } from './message-details.ts'
import { prepare } from './statement.ts'

export class SqliteMentions implements MentionStore {
  readonly #details: DetailsReader
  readonly #lastOfAll

  constructor(db: DatabaseSync, accounts: AccountReader) {
    this.#details = new DetailsReader(db, accounts)
    this.#lastOfAll = prepare<{ sentAt: Micros }>(db, LAST_OF_ALL)
  }

  list(accountId: AccountId, page: { before: number; limit: number }): Promise<readonly MessageDetails[]> {
    return this.#details.listMentions(accountId, page)
  }

  lastOfAll(conversationId: ConversationId): Promise<Micros | undefined> {
    return read(() => this.#lastOfAll.get(conversationId)?.sentAt)
  }
}

const LAST_OF_ALL = `
  SELECT t.sent_at AS sentAt FROM mentions n JOIN messages t
    ON t.conversation_id = n.conversation_id AND t.is_deleted = 0 AND t.seq = n.seq
  WHERE n.account_id = 0 AND n.conversation_id = ? ORDER BY n.seq DESC LIMIT 1`
