import type { DatabaseSync } from 'node:sqlite'
import { entriesOf, type Indexable } from '../search-index.ts'
import { prepare } from './statement.ts'

export interface IndexedMessage extends Indexable {
  readonly messageId: number
}

type Change = { readonly put: IndexedMessage } | { readonly drop: number }

/**
 * The index of messages' words, on the writer's thread. Edits and deletions of a batch change it together at the
 * batch's end: FTS5 writes at each savepoint what it holds. Messages above its position are not in it yet.
 */
export class SearchWrites {
  readonly #position
  readonly #put
  readonly #drop
  readonly #moveOn
  #changes: Change[] = []
  #settled = 0

  constructor(db: DatabaseSync) {
    this.#position = prepare<{ messageId: number }>(db, SEARCH_POSITION)
    this.#put = prepare(db, 'INSERT OR REPLACE INTO search (rowid, words) VALUES (?, ?)')
    this.#drop = prepare(db, 'DELETE FROM search WHERE rowid = ?')
    this.#moveOn = prepare(db, 'INSERT OR REPLACE INTO search_position (id, message_id) VALUES (1, ?)')
  }

  get position(): number {
    return this.#position.get()?.messageId ?? 0
  }

  /** Has the new text of a message indexed. */
  replace(message: IndexedMessage): void {
    this.#changes.push({ put: message })
  }

  drop(messageId: number): void {
    this.#changes.push({ drop: messageId })
  }

  /** How many edits and deletions have changed the index: the words before them are in the file for now. */
  get settled(): number {
    return this.#settled
  }

  /** How many changes wait. */
  get waiting(): number {
    return this.#changes.length
  }

  /** Takes back the last changes, until that many wait. */
  rewind(waiting: number): void {
    this.#changes.length = waiting
  }

  /** Makes the changes that wait, but for those of messages that will be indexed in their turn. */
  settle(): void {
    if (this.#changes.length === 0) return
    const { position } = this
    for (const change of this.#changes) {
      if ('put' in change && change.put.messageId <= position) this.#index(change.put)
      else if ('drop' in change && change.drop <= position) this.#drop.all(change.drop)
    }
    this.#moveTo(position)
    this.#settled += this.#changes.length
    this.#changes = []
  }

  /** Adds the next messages, and notes that all up to that id are indexed. */
  add(messages: readonly IndexedMessage[], upTo: number): void {
    for (const message of messages) this.#index(message)
    this.#moveTo(upTo)
  }

  // By `all`, and the position last: `run` answers the connection's last row id, and FTS5's own pass 2^53.

  #index(message: IndexedMessage): void {
    this.#put.all(message.messageId, entriesOf(message).join(' '))
  }

  #moveTo(messageId: number): void {
    this.#moveOn.all(messageId)
  }
}

export const SEARCH_POSITION = 'SELECT message_id AS messageId FROM search_position WHERE id = 1'
