import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import { type DetailRow, detailsOf } from '../message-details.ts'
import type { Edited, NewText } from '../store.ts'
import type { Changes } from './changes.ts'
import type { LogHeads } from './log-heads.ts'
import { type MentionWrites, textOf } from './mentions-writes.ts'
import { DETAIL_COLUMNS } from './rows.ts'
import type { SearchWrites } from './search-writes.ts'
import { prepare } from './statement.ts'

type Editable = DetailRow & { readonly textChange: number }

interface EditParts {
  readonly changes: Changes
  readonly heads: LogHeads
  readonly mentions: MentionWrites
  readonly search: SearchWrites
}

export class EditWrites {
  readonly #changes: Changes
  readonly #heads: LogHeads
  readonly #mentions: MentionWrites
  readonly #search: SearchWrites
  readonly #find
  readonly #keepVersion
  readonly #update

  constructor(db: DatabaseSync, { changes, heads, mentions, search }: EditParts) {
    this.#mentions = mentions
    this.#search = search
    this.#changes = changes
    this.#heads = heads
    this.#find = prepare<Editable>(db, FIND)
    this.#keepVersion = prepare(db, KEEP_VERSION)
    this.#update = prepare(db, UPDATE)
  }

  edit(edit: NewText): Edited {
    const { conversationId, seq, by, body, at } = edit
    const { textChange, ...row } = this.#requireEditable(edit)
    if (row.body === body) return { message: detailsOf(row), change: textChange, isNew: false, touched: [] }
    const { messageId } = row
    const change = this.#changes.record({ conversationId, kind: 'edited', accountId: by, messageId, at })
    this.#keepVersion.run(conversationId, seq)
    const before = detailsOf(row)
    const mentions = this.#mentions.ofMembers(conversationId, edit.mentions)
    this.#update.run(body, at, change, textOf(mentions), conversationId, seq)
    this.#search.replace({ ...row, body })
    this.#mentions.drop(row)
    const touched = this.#mentions.add(row, mentions, before.mentions)
    const message = { ...before, body, editedAt: at, version: change, mentions }
    return { message, change, isNew: true, touched }
  }

  #requireEditable({ conversationId, seq, by, unlessChangedAfter }: NewText): Editable {
    const found = this.#find.get(conversationId, seq)
    // Asked of an existing conversation alone, whose message this is.
    const speaker = found && this.#heads.speaker(conversationId, by)
    if (!found || !speaker?.role) throw new ChatError('unknown_message', { conversationId, seq })
    if (found.senderId !== by) throw new ChatError('not_the_owner', { conversationId, seq })
    if (speaker.isBlocked || speaker.role === 'reader')
      throw new ChatError('message_refused', { conversationId })
    if (unlessChangedAfter !== null && found.textChange > unlessChangedAfter)
      throw new ChatError('precondition_failed', { conversationId, seq })
    return found
  }
}

const FIND = `
  SELECT ${DETAIL_COLUMNS}, t.body AS body, coalesce(t.text_change, t.change) AS textChange FROM messages t
  WHERE t.conversation_id = ? AND t.is_deleted = 0 AND t.seq = ?`

const KEEP_VERSION = `
  INSERT INTO message_versions (conversation_id, seq, change, body, written_at)
  SELECT conversation_id, seq, coalesce(text_change, change), body, coalesce(edited_at, sent_at)
  FROM messages WHERE conversation_id = ? AND is_deleted = 0 AND seq = ?`

const UPDATE = `
  UPDATE messages SET body = ?1, edited_at = ?2, text_change = ?3, version = ?3, mentions = ?4
  WHERE conversation_id = ?5 AND is_deleted = 0 AND seq = ?6`
