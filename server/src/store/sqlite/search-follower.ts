import type { DatabaseSync } from 'node:sqlite'
import { BODY, type StoredBody, textOf } from './bodies.ts'
import { type IndexedMessage, SearchWrites } from './search-writes.ts'
import { prepare } from './statement.ts'

/** Messages that are indexed in one transaction: some milliseconds, which a send may have to wait for. */
const STEP_MESSAGES = 512
/** UTF-16 units of text after which a step ends. */
const STEP_UNITS = 131_072

/** Pages of the index that a step of a merge writes: under ten milliseconds where it was measured. */
const MERGE_PAGES = 64
/** Milliseconds between the end of a merge and the next, and how many times its own duration. */
const REST = { leastMs: 60_000, times: 200 }

type FollowedRow = Omit<IndexedMessage, 'body'> & { readonly isDeleted: number; readonly stored: StoredBody }

/** Indexes the words of messages after their commits, in the order of their ids. */
export class SearchFollower {
  readonly #db: DatabaseSync
  readonly #search: SearchWrites
  readonly #next
  readonly #merge
  readonly #totalChanges
  /** The count of changes when the last merge began; the index of an earlier process may hold some. */
  #merged = -1
  #mergingSince: number | undefined
  #restsUntil = 0

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#search = new SearchWrites(db)
    this.#next = prepare<FollowedRow>(db, NEXT)
    this.#merge = prepare(db, "INSERT INTO search (search, rank) VALUES ('merge', ?)")
    this.#totalChanges = prepare<{ count: number }>(db, 'SELECT total_changes() AS count')
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

  /**
   * Takes a step of rewriting the index without the words of deleted and edited messages: FTS5 only marks these, and
   * keeps them in the file until it happens to merge the parts that they lie in. `settled` is how many such changes the
   * index has seen. Answers whether more is left to do now.
   */
  forget(settled: number): boolean {
    const now = performance.now()
    const isFirst = this.#mergingSince === undefined
    if (isFirst && (settled === this.#merged || now < this.#restsUntil)) return false
    if (isFirst) this.#merged = settled
    this.#mergingSince ??= now
    const before = this.#changes()
    // A negative number begins a merge of all parts, and a positive one goes on with it.
    this.#merge.all(isFirst ? -MERGE_PAGES : MERGE_PAGES)
    // FTS5 itself writes one row; with one or none, nothing was left to merge.
    if (this.#changes() - before >= 2) return true
    if (!isFirst) this.#restsUntil = now + Math.max(REST.leastMs, REST.times * (now - this.#mergingSince))
    this.#mergingSince = undefined
    return false
  }

  #changes(): number {
    return this.#totalChanges.get()?.count ?? 0
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
