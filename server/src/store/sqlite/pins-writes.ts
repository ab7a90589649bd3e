import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { MessageId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { NewPin, Pinned } from '../store.ts'
import type { Changes } from './changes.ts'
import type { LogHeads } from './log-heads.ts'
import { prepare } from './statement.ts'

interface Pinnable {
  readonly messageId: MessageId
  readonly version: number
  readonly pinnedAt: Micros | null
}

export class PinWrites {
  readonly #changes: Changes
  readonly #heads: LogHeads
  readonly #find
  readonly #update

  constructor(db: DatabaseSync, { changes, heads }: { changes: Changes; heads: LogHeads }) {
    this.#changes = changes
    this.#heads = heads
    this.#find = prepare<Pinnable>(db, FIND)
    this.#update = prepare(db, UPDATE)
  }

  set({ conversationId, seq, by, seen, isPinned, at }: NewPin): Pinned {
    const found = this.#find.get(conversationId, seq)
    // Asked of an existing conversation alone, whose message this is.
    const speaker = found && this.#heads.speaker(conversationId, by)
    if (!found || !speaker?.role) throw new ChatError('unknown_message', { conversationId, seq })
    if (speaker.isBlocked) throw new ChatError('message_refused', { conversationId })
    if (speaker.role !== seen) throw new ChatError('conflict', { conversationId })
    const { messageId, version, pinnedAt } = found
    if ((pinnedAt !== null) === isPinned) return { messageId, change: version, pinnedAt, isNew: false }
    const kind = isPinned ? 'pinned' : 'unpinned'
    const change = this.#changes.record({ conversationId, kind, accountId: by, messageId, at })
    const pinned = { messageId, change, pinnedAt: isPinned ? at : null }
    this.#update.run(pinned.pinnedAt, change, conversationId, seq)
    return { ...pinned, isNew: true }
  }
}

const FIND = `
  SELECT t.id AS messageId, coalesce(t.version, t.change) AS version, t.pinned_at AS pinnedAt
  FROM messages t WHERE t.conversation_id = ? AND t.is_deleted = 0 AND t.seq = ?`

const UPDATE = `
  UPDATE messages SET pinned_at = ?, version = ? WHERE conversation_id = ? AND is_deleted = 0 AND seq = ?`
