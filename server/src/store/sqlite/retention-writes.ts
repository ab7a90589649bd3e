import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId, ConversationId, MessageId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Lease, Purge, Purged } from '../store.ts'
import type { Changes } from './changes.ts'
import type { FileWrites } from './files-writes.ts'
import type { PurgedSends } from './purged-sends.ts'
import type { SearchWrites } from './search-writes.ts'
import { prepare, type Statement } from './statement.ts'

interface RetentionParts {
  readonly changes: Changes
  readonly files: FileWrites
  readonly search: SearchWrites
  readonly purgedSends: PurgedSends
}

interface Oldest {
  readonly seq: number
  readonly messageId: MessageId
  readonly sentAt: Micros
  readonly isDeleted: number
}

/** A conversation's messages of a range of places. */
type Range = readonly [conversationId: ConversationId, first: number, last: number]

/** Takes the oldest messages of conversations away. */
export class RetentionWrites {
  readonly #parts: RetentionParts
  readonly #find
  readonly #oldest
  readonly #keepMarks
  readonly #dropReplies
  readonly #dropChanges
  /** One for each table of what hangs on messages, and the messages themselves last. */
  readonly #drops: readonly Statement<never>[]
  readonly #settle
  readonly #fulfil
  readonly #wish
  readonly #lease

  constructor(db: DatabaseSync, parts: RetentionParts) {
    this.#parts = parts
    this.#find = prepare<{ firstSeq: number; creatorId: AccountId }>(db, FIND)
    this.#oldest = prepare<Oldest>(db, OLDEST)
    this.#keepMarks = prepare(db, KEEP_MARKS)
    this.#dropReplies = prepare(db, DROP_REPLIES)
    this.#dropChanges = prepare(db, DROP_CHANGES)
    this.#drops = DROPS.map((sql) => prepare(db, sql))
    this.#settle = prepare(db, SETTLE)
    this.#fulfil = prepare(db, FULFIL)
    this.#wish = prepare(db, WISH)
    this.#lease = prepare(db, LEASE)
  }

  purge({ conversationId, before, limit, at }: Purge): Purged | null {
    const found = this.#find.get(conversationId)
    if (!found) throw new ChatError('unknown_conversation', { conversationId })
    const { firstSeq, creatorId } = found
    const oldest = this.#oldest.all(conversationId, firstSeq, firstSeq + limit)
    const young = oldest.findIndex(({ sentAt }) => sentAt >= before)
    const due = young < 0 ? oldest : oldest.slice(0, young)
    const last = due.at(-1)
    if (!last) {
      this.#fulfil.run(conversationId, before)
      return null
    }
    const upToSeq = last.seq
    // The change names an account because each does. Nobody has made it.
    const change = this.#parts.changes.record({
      ...{ conversationId, kind: 'purged', accountId: creatorId, messageId: null, at, data: { upToSeq } },
    })
    this.#drop([conversationId, firstSeq, upToSeq], due, at)
    this.#settle.run(upToSeq + 1, last.messageId, conversationId)
    return { change, upToSeq, count: due.length }
  }

  wish({ conversationId, before }: { conversationId: ConversationId; before: Micros }): void {
    if (this.#wish.run(before, conversationId).changes === 0)
      throw new ChatError('unknown_conversation', { conversationId })
  }

  lease({ name, holder, at, until }: Lease): boolean {
    return this.#lease.run(name, holder, until, at).changes === 1
  }

  /** All that refers to the messages goes first. */
  #drop(range: Range, due: readonly Oldest[], at: Micros): void {
    const { files, search, purgedSends } = this.#parts
    const [conversationId, first, last] = range
    const ids = JSON.stringify(due.map(({ messageId }) => messageId))
    this.#keepMarks.run(...range)
    purgedSends.keep({ conversationId, first, last }, at)
    this.#dropReplies.run(ids, last)
    this.#dropChanges.run(ids)
    files.detachAll({ conversationId, first, last }, at)
    for (const { messageId, isDeleted } of due) if (isDeleted === 0) search.drop(messageId)
    for (const drop of this.#drops) drop.run(...range)
  }
}

const FIND = 'SELECT first_seq AS firstSeq, creator_id AS creatorId FROM conversations WHERE id = ?'

const RANGE = 'conversation_id = ? AND seq BETWEEN ? AND ?'
const RANGE_OF_MESSAGES = 'conversation_id = ? AND is_deleted IN (0, 1) AND seq BETWEEN ? AND ?'

const OLDEST = `
  SELECT seq, id AS messageId, sent_at AS sentAt, is_deleted AS isDeleted FROM messages
  WHERE conversation_id = ? AND is_deleted IN (0, 1) AND seq >= ? AND seq < ? ORDER BY seq`

// One's own last message is one's mark, also where the row does not say so yet.
const KEEP_MARKS = `
  UPDATE members SET read_seq = own.seq
  FROM (
    SELECT conversation_id, sender_id, max(seq) AS seq FROM messages WHERE ${RANGE_OF_MESSAGES} GROUP BY sender_id) own
  WHERE members.conversation_id = own.conversation_id AND members.account_id = own.sender_id
    AND own.seq > max(members.read_seq, members.sent_seq)`

// Replies within the range go themselves.
const DROP_REPLIES = `
  UPDATE messages SET reply_to = NULL
  WHERE id IN (SELECT r.id FROM json_each(?1) g JOIN messages r ON r.reply_to = g.value WHERE r.seq > ?2)`

// Their numbers stay, and nothing else: the series has no holes.
const DROP_CHANGES = `
  UPDATE changes SET message_id = NULL, data = NULL WHERE message_id IN (SELECT value FROM json_each(?))`

const DROPS = [
  ...['message_versions', 'reactions', 'mentions'].map((table) => `DELETE FROM ${table} WHERE ${RANGE}`),
  `DELETE FROM messages WHERE ${RANGE_OF_MESSAGES}`,
]

const SETTLE = `
  UPDATE conversations SET first_seq = ?1, purged_id = ?2,
    activity_at = CASE WHEN last_message_id <= ?2 THEN updated_at ELSE activity_at END,
    last_message_id = CASE WHEN last_message_id <= ?2 THEN NULL ELSE last_message_id END
  WHERE id = ?3`

const FULFIL = 'UPDATE conversations SET purge_before = NULL WHERE id = ? AND purge_before <= ?'

const WISH = 'UPDATE conversations SET purge_before = max(coalesce(purge_before, 0), ?) WHERE id = ?'

const LEASE = `
  INSERT INTO leases (name, holder, until) VALUES (?1, ?2, ?3)
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
  WHERE leases.holder = excluded.holder OR leases.until <= ?4`
