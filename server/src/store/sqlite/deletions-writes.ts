import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId, ConversationId, MessageId } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Deleted, Removal, Removed, RemovedMessage } from '../store.ts'
import type { Changes } from './changes.ts'
import type { FileWrites } from './files-writes.ts'
import type { LogHeads } from './log-heads.ts'
import type { MentionWrites } from './mentions-writes.ts'
import type { SearchWrites } from './search-writes.ts'
import { prepare } from './statement.ts'

interface Found {
  readonly conversationId: ConversationId
  readonly messageId: MessageId
  readonly seq: number
  readonly senderId: AccountId
  /** The place of the root of the thread that it is in. */
  readonly thread: number | null
}
type Place = Found & { readonly version: number; readonly deletedAt: Micros | null }
type OwnRemoval = { readonly messageId: MessageId; readonly by: AccountId; readonly at: Micros }

interface DeletionParts {
  readonly changes: Changes
  readonly heads: LogHeads
  readonly mentions: MentionWrites
  readonly files: FileWrites
  readonly search: SearchWrites
}

export class DeletionWrites {
  readonly #changes: Changes
  readonly #heads: LogHeads
  readonly #mentions: MentionWrites
  readonly #files: FileWrites
  readonly #search: SearchWrites
  readonly #findOwn
  readonly #findPlace
  readonly #isRemoved
  readonly #wipe
  readonly #dropVersions
  readonly #dropReactions
  readonly #uncountReply
  readonly #findNewest
  readonly #settleLast

  constructor(db: DatabaseSync, { changes, heads, mentions, files, search }: DeletionParts) {
    this.#files = files
    this.#mentions = mentions
    this.#search = search
    this.#changes = changes
    this.#heads = heads
    this.#findOwn = prepare<Found>(db, FIND_OWN)
    this.#findPlace = prepare<Place>(db, FIND_PLACE)
    this.#isRemoved = prepare(db, 'SELECT 1 FROM accounts WHERE id = ? AND deleted_at IS NOT NULL')
    this.#wipe = prepare(db, WIPE)
    this.#dropVersions = prepare(db, 'DELETE FROM message_versions WHERE conversation_id = ? AND seq = ?')
    this.#dropReactions = prepare(db, 'DELETE FROM reactions WHERE conversation_id = ? AND seq = ?')
    this.#uncountReply = prepare(db, UNCOUNT_REPLY)
    this.#findNewest = prepare<{ messageId: MessageId; sentAt: Micros }>(db, FIND_NEWEST)
    this.#settleLast = prepare(db, SETTLE_LAST)
  }

  delete({ messageId, by, at }: OwnRemoval): Deleted {
    const found = this.#findOwn.get(by, messageId)
    if (!found) throw new ChatError('unknown_message', { messageId })
    if (found.senderId !== by) throw new ChatError('not_the_owner', { messageId })
    return this.#bury(found, by, at)
  }

  remove({ conversationId, seq, by, seen, mayBeAnothers, at }: Removal): Removed {
    const found = this.#findPlace.get(conversationId, seq)
    // Asked of an existing conversation alone, whose message this is.
    const role = found && this.#heads.speaker(conversationId, by).role
    if (!found || !role) throw new ChatError('unknown_message', { conversationId, seq })
    if (role !== seen) throw new ChatError('conflict', { conversationId })
    const { messageId, version, deletedAt } = found
    if (deletedAt !== null)
      return { conversationId, messageId, seq, change: version, deletedAt, isNew: false }
    if (found.senderId !== by && !mayBeAnothers) throw new ChatError('not_the_owner', { conversationId, seq })
    return { ...this.#bury(found, by, at), deletedAt: at, isNew: true }
  }

  /** As `remove`, for an account that is removed: it is a member of nothing any more, and takes back what it has sent. */
  takeBack({ conversationId, seq, senderId, at }: RemovedMessage): Deleted {
    const found = this.#findPlace.get(conversationId, seq)
    const isOwn = found?.deletedAt === null && found.senderId === senderId
    if (!isOwn || !this.#isRemoved.get(senderId))
      throw new ChatError('unknown_message', { conversationId, seq })
    return this.#bury(found, senderId, at)
  }

  #bury({ conversationId, messageId, seq, thread }: Found, by: AccountId, at: Micros): Deleted {
    const change = this.#changes.record({ conversationId, kind: 'deleted', accountId: by, messageId, at })
    this.#wipe.run(at, change, messageId)
    this.#dropVersions.run(conversationId, seq)
    this.#dropReactions.run(conversationId, seq)
    this.#mentions.drop({ conversationId, seq })
    this.#files.detach({ conversationId, seq }, at)
    this.#search.drop(messageId)
    if (thread !== null) this.#uncountReply.run(change, conversationId, thread)
    const newest = this.#findNewest.get(conversationId)
    this.#settleLast.run(newest?.messageId ?? null, newest?.sentAt ?? null, conversationId, messageId)
    return { conversationId, messageId, seq, change }
  }
}

const WIPE = `
  UPDATE messages SET body = '', is_deleted = 1, deleted_at = ?, version = ?, mentions = NULL, reactions = NULL,
    attachments = NULL, pinned_at = NULL
  WHERE id = ?`

const UNCOUNT_REPLY = `
  UPDATE messages SET reply_count = reply_count - 1, version = ?1, last_reply_seq = (
    SELECT max(r.seq) FROM messages r WHERE r.conversation_id = ?2 AND r.thread = ?3 AND r.is_deleted = 0)
  WHERE conversation_id = ?2 AND is_deleted IN (0, 1) AND seq = ?3`

const FIND_OWN = `
  SELECT t.conversation_id AS conversationId, t.id AS messageId, t.seq AS seq, t.sender_id AS senderId, t.thread AS thread
  FROM members m JOIN messages t ON t.conversation_id = m.conversation_id
  WHERE m.account_id = ?1 AND t.id = ?2 AND t.is_deleted = 0`

const FIND_PLACE = `
  SELECT t.conversation_id AS conversationId, t.id AS messageId, t.seq AS seq, t.sender_id AS senderId, t.thread AS thread,
    coalesce(t.version, t.change) AS version, t.deleted_at AS deletedAt
  FROM messages t WHERE t.conversation_id = ? AND t.is_deleted IN (0, 1) AND t.seq = ?`

const FIND_NEWEST = `
  SELECT id AS messageId, sent_at AS sentAt FROM messages
  WHERE conversation_id = ? AND is_deleted = 0 ORDER BY seq DESC LIMIT 1`

// Only if the message that went was the last one.
const SETTLE_LAST = `
  UPDATE conversations SET last_message_id = ?, activity_at = coalesce(?, updated_at)
  WHERE id = ? AND last_message_id = ?`
