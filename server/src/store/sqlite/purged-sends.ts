import type { DatabaseSync } from 'node:sqlite'
import type { AccountId, ConversationId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import { type PurgedRow, purgedMessage } from '../message-details.ts'
import type { Appended } from '../store.ts'
import { prepare } from './statement.ts'

/** Client ids of purged messages, on the writer's thread: what a client sends again is still not stored twice. */
export class PurgedSends {
  readonly #find
  readonly #keep
  readonly #hasAny
  /** Undefined until somebody asks. Every send with a client id does, and most servers purge nothing. */
  #mayHaveAny: boolean | undefined

  constructor(db: DatabaseSync) {
    this.#find = prepare<PurgedRow>(db, FIND)
    this.#keep = prepare(db, KEEP)
    this.#hasAny = prepare<{ found: number }>(
      db,
      'SELECT EXISTS (SELECT 1 FROM purged_sends WHERE sender_id > 0) AS found',
    )
  }

  /** Those of a conversation's messages of a range of places, before these go. */
  keep(
    { conversationId, first, last }: { conversationId: ConversationId; first: number; last: number },
    at: Micros,
  ): void {
    this.#mayHaveAny = true
    this.#keep.run(at, conversationId, first, last)
  }

  /** The message that was sent with that client id, as a tombstone. */
  find(senderId: AccountId, clientId: string): Appended | undefined {
    this.#mayHaveAny ??= this.#hasAny.get()?.found === 1
    const purged = this.#mayHaveAny ? this.#find.get(senderId, clientId) : undefined
    return purged && { message: purgedMessage(purged), change: purged.change, isNew: false }
  }
}

const FIND = `
  SELECT message_id AS messageId, conversation_id AS conversationId, seq, sender_id AS senderId, client_id AS clientId,
    change, sent_at AS sentAt, purged_at AS purgedAt
  FROM purged_sends WHERE sender_id = ? AND client_id = ?`

const KEEP = `
  INSERT INTO purged_sends (sender_id, client_id, conversation_id, seq, message_id, change, sent_at, purged_at)
  SELECT sender_id, client_id, conversation_id, seq, id, change, sent_at, ? FROM messages
  WHERE conversation_id = ? AND is_deleted IN (0, 1) AND seq BETWEEN ? AND ? AND client_id IS NOT NULL`
