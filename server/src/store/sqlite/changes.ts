import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, ConversationId, MessageId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { LoggedKind } from '../logged-changes.ts'
import { prepare } from './statement.ts'

interface NewChange {
  readonly conversationId: ConversationId
  readonly kind: LoggedKind
  readonly accountId: AccountId
  readonly messageId: MessageId | null
  readonly at: Micros
  /** Facts that only some kinds need, to be told again. */
  readonly data?: Readonly<Record<string, unknown>>
}

/** Gives the next change number of a conversation to anything but a message's sending. */
export class Changes {
  readonly #next
  readonly #insert

  constructor(db: DatabaseSync) {
    this.#next = prepare<{ lastChange: number; lastSeq: number }>(db, NEXT)
    this.#insert = prepare(db, INSERT)
  }

  record({ conversationId, kind, accountId, messageId, at, data }: NewChange): number {
    const isRewrite = kind === 'edited' || kind === 'deleted' || kind === 'purged'
    const next = this.#next.get(conversationId, isRewrite ? 1 : 0)
    if (!next) throw new Error('a change without its conversation')
    const json = data === undefined ? null : JSON.stringify(data)
    this.#insert.run(conversationId, next.lastChange, kind, accountId, messageId, next.lastSeq, at, json)
    return next.lastChange
  }
}

const NEXT = `
  UPDATE conversations SET last_change = last_change + 1, rewrites = rewrites + ?2 WHERE id = ?1
  RETURNING last_change AS lastChange, last_seq AS lastSeq`

const INSERT = `
  INSERT INTO changes (conversation_id, change, kind, account_id, message_id, last_seq, at, data)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
