import { DatabaseSync } from 'node:sqlite'
import { type AccountId, type ConversationId, toConversationId } from '../../../server/src/core/chat.ts'
import { entriesOf } from '../../../server/src/store/search-index.ts'

/** A message as its sender was told that it is kept. */
export interface Acknowledged {
  readonly messageId: number
  readonly seq: number
  readonly body: string
  readonly senderId: AccountId
}

interface Stored {
  readonly conversation: number
  readonly seq: number
  readonly body: string
}

/** The database of a server that runs on SQLite, read beside it. */
export class IndexedPosts {
  readonly #db: DatabaseSync

  constructor(file: string) {
    this.#db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
  }

  /** Stored messages that the index of words does not have yet. */
  behind(): number {
    return this.#number(
      'SELECT count(*) FROM messages WHERE id > (SELECT message_id FROM search_position WHERE id = 1)',
    )
  }

  /**
   * Throws unless each of these messages is stored under its id, with its place and text, and is the one message that the
   * index has for all of its words. Each must have a word of its own.
   */
  audit(conversationId: ConversationId, acknowledged: readonly Acknowledged[]): void {
    const stored = this.#db.prepare(
      'SELECT conversation_id AS conversation, seq, body FROM messages WHERE id = ? AND is_deleted = 0',
    )
    const found = this.#db.prepare('SELECT rowid AS id FROM search WHERE search MATCH ?')
    const ids = new Set<number>()
    for (const { messageId, seq, body, senderId } of acknowledged) {
      const row = stored.get(messageId) as unknown as Stored | undefined
      const isKept = row && row.body === body && row.seq === seq
      if (!isKept || toConversationId(row.conversation) !== conversationId)
        throw new Error(`message ${messageId} was acknowledged, and is not stored as it was sent`)
      const words = entriesOf({ conversationId, seq, senderId, body })
      const hits = found.all(words.map((word) => `"${word}"`).join(' AND '))
      if (hits.length !== 1 || hits[0]?.id !== messageId)
        throw new Error(
          `message ${messageId} was acknowledged, and the index has ${hits.length} for its words`,
        )
      ids.add(messageId)
    }
    if (ids.size !== acknowledged.length) throw new Error('two messages were acknowledged with one id')
  }

  close(): void {
    this.#db.close()
  }

  #number(query: string): number {
    return Number(Object.values(this.#db.prepare(query).get() ?? {})[0])
  }
}
