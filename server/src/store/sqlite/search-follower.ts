import type { DatabaseSync } from 'node:sqlite'
import { BODY, type StoredBody, textOf } from './bodies.ts'
import { type IndexedMessage, SearchWrites } from './search-writes.ts'
import { prepare } from './statement.ts'

/** Messages that are indexed in one transaction: some milliseconds, which a send may have to wait for. */
const STEP_MESSAGES = 512
/** UTF-16 units of text after which a step ends. */
const STEP_UNITS = 131_072

type FollowedRow = Omit<IndexedMessage, 'body'> & { readonly isDeleted: number; readonly stored: StoredBody }

/** Indexes the words of messages after their commits, in the order of their ids. */
export class SearchFollower {
  readonly #db: DatabaseSync
  readonly #search: SearchWrites
  readonly #next

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#search = new SearchWrites(db)
    this.#next = prepare<FollowedRow>(db, NEXT)
  }

  /** Indexes some more messages in a transaction of its own. Answers how many. */
  step(): number {
    const rows = this.#next.iterate(this.#search.position, STEP_MESSAGES)
    const messages = firstOf(rows)
    const last = messages.at(-1)
    if (!last) return 0
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const kept = messages.filter(({ isDeleted }) => isDeleted === 0)
      this.#search.add(kept, last.messageId)
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
    return messages.length
  }
}

function firstOf(rows: Iterable<FollowedRow>): readonly (IndexedMessage & { isDeleted: number })[] {
  const messages: (IndexedMessage & { isDeleted: number })[] = []
  let units = 0
  for (const { stored, ...row } of rows) {
    const body = textOf(stored)
    messages.push({ ...row, body })
    units += body.length
    if (units > STEP_UNITS) break
  }
  return messages
}

const NEXT = `
  SELECT t.id AS messageId, t.conversation_id AS conversationId, t.seq AS seq, t.sender_id AS senderId,
    t.is_deleted AS isDeleted, ${BODY} AS stored
  FROM messages t WHERE t.id > ? ORDER BY t.id LIMIT ?`
