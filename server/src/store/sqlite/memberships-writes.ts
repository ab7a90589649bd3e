import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId, ConversationId, Preferences, ReadState } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { NewReadMark, PreferenceChange, PreferencesSet, ReadMarked } from '../store.ts'
import type { Numbers } from './numbers.ts'
import { mentionsAfter, PREFERENCE_COLUMNS, READ_SEQ, unreadAfter } from './own-views.ts'
import { prepare, type Row } from './statement.ts'

export class MembershipWrites {
  readonly #numbers: Numbers
  readonly #position
  readonly #setRead
  readonly #sentAt
  readonly #setLastRead
  readonly #count
  readonly #preferences
  readonly #setPreferences

  constructor(db: DatabaseSync, numbers: Numbers) {
    this.#numbers = numbers
    this.#position = prepare<{ readSeq: number; lastSeq: number }>(db, POSITION)
    this.#setRead = prepare(db, SET_READ)
    this.#sentAt = prepare<{ sentAt: Micros }>(db, SENT_AT)
    this.#setLastRead = prepare(db, SET_LAST_READ)
    this.#count = prepare<Omit<ReadState, 'readSeq'>>(db, COUNT)
    this.#preferences = prepare<Row<Preferences>>(db, PREFERENCES)
    this.#setPreferences = prepare(db, SET_PREFERENCES)
  }

  markReadUpTo({ conversationId, accountId, seq, isForced, at }: NewReadMark): ReadMarked {
    const position = this.#position.get(conversationId, accountId)
    if (!position) throw new ChatError('not_a_member', { conversationId })
    const { lastSeq } = position
    const wanted = Math.min(Math.max(seq, 0), lastSeq)
    const readSeq = isForced ? wanted : Math.max(wanted, position.readSeq)
    this.#setRead.run(readSeq, lastSeq, conversationId, accountId)
    if (!isForced) {
      const readAt = wanted === lastSeq ? at : this.#sentAt.get(conversationId, wanted)?.sentAt
      if (readAt !== undefined) this.#setLastRead.run(wanted, readAt, conversationId, accountId)
    }
    const counted = this.#count.get(conversationId, readSeq, accountId)
    if (!counted) throw new Error('a read mark without its conversation')
    const hasMoved = readSeq !== position.readSeq
    const touched = hasMoved ? [this.#numbers.touch(accountId, 'read', `${conversationId}`)] : []
    return { readSeq, ...counted, touched }
  }

  setPreferences({ conversationId, accountId, ...wanted }: PreferenceChange): PreferencesSet {
    const before = this.#get(conversationId, accountId)
    const preferences = {
      isMuted: wanted.isMuted ?? before.isMuted,
      isPinned: wanted.isPinned ?? before.isPinned,
      isArchived: wanted.isArchived ?? before.isArchived,
      notify: wanted.notify ?? before.notify,
    }
    const { isMuted, isPinned, isArchived, notify } = preferences
    const hasChanged =
      isMuted !== before.isMuted ||
      isPinned !== before.isPinned ||
      isArchived !== before.isArchived ||
      notify !== before.notify
    if (!hasChanged) return { preferences, touched: [] }
    const flags = [isMuted, isPinned, isArchived].map(Number)
    this.#setPreferences.run(...flags, notify, conversationId, accountId)
    return { preferences, touched: [this.#numbers.touch(accountId, 'membership', `${conversationId}`)] }
  }

  #get(conversationId: ConversationId, accountId: AccountId): Preferences {
    const row = this.#preferences.get(conversationId, accountId)
    if (!row) throw new ChatError('not_a_member', { conversationId })
    const { isMuted, isPinned, isArchived, notify } = row
    return { isMuted: isMuted === 1, isPinned: isPinned === 1, isArchived: isArchived === 1, notify }
  }
}

const POSITION = `
  SELECT ${READ_SEQ} AS readSeq, c.last_seq AS lastSeq FROM members m JOIN conversations c ON c.id = m.conversation_id
  WHERE m.conversation_id = ? AND m.account_id = ?`

// The member's messages so far are in the mark, or were taken out of it by force: only later ones move it again.
const SET_READ = 'UPDATE members SET read_seq = ?, sent_seq = ? WHERE conversation_id = ? AND account_id = ?'

const SENT_AT =
  'SELECT sent_at AS sentAt FROM messages WHERE conversation_id = ? AND is_deleted IN (0, 1) AND seq = ?'

const SET_LAST_READ = `
  UPDATE members SET last_read_seq = max(last_read_seq, ?1), last_read_at = max(coalesce(last_read_at, 0), ?2)
  WHERE conversation_id = ?3 AND account_id = ?4`

const COUNT = `
  SELECT ${unreadAfter('?2')} AS unread, ${mentionsAfter('?2', '?3')} AS mentions
  FROM conversations c WHERE c.id = ?1`

const PREFERENCES = `
  SELECT ${PREFERENCE_COLUMNS} FROM members m WHERE m.conversation_id = ? AND m.account_id = ?`

const SET_PREFERENCES = `
  UPDATE members SET is_muted = ?, is_pinned = ?, is_archived = ?, notify = ?
  WHERE conversation_id = ? AND account_id = ?`
