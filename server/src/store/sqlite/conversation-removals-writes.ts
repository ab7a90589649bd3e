import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { ConversationId, ConversationKind } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { ConversationStep, Dismissal, Dismissed } from '../store.ts'
import type { MemberWrites } from './members-writes.ts'
import { prepare } from './statement.ts'

/** Deletes conversations, a step at a time. */
export class ConversationRemovalWrites {
  readonly #members: MemberWrites
  readonly #find
  readonly #wish
  readonly #hide
  readonly #empty
  readonly #hasMembers
  readonly #dropInvites
  readonly #dropBans
  readonly #finish

  constructor(db: DatabaseSync, members: MemberWrites) {
    this.#members = members
    this.#find = prepare<{ kind: ConversationKind; deletedAt: Micros | null }>(db, FIND)
    this.#wish = prepare(db, WISH)
    this.#hide = prepare(db, HIDE)
    this.#empty = prepare(db, EMPTY)
    this.#hasMembers = prepare(db, 'SELECT 1 FROM members WHERE conversation_id = ? LIMIT 1')
    this.#dropInvites = prepare(db, 'DELETE FROM invites WHERE conversation_id = ?')
    this.#dropBans = prepare(db, 'DELETE FROM bans WHERE conversation_id = ?')
    this.#finish = prepare(db, 'DELETE FROM conversation_removals WHERE conversation_id = ?')
  }

  wish({ conversationId, at }: ConversationStep): void {
    if (this.#hasBegun(conversationId)) throw unknown(conversationId)
    this.#wish.run(conversationId, at)
  }

  begin({ conversationId, at }: ConversationStep): void {
    if (this.#hasBegun(conversationId)) return
    this.#hide.run(at, conversationId)
    this.#shut(conversationId)
  }

  dismiss({ conversationId, accountIds, at }: Dismissal): readonly Dismissed[] {
    if (!this.#hasBegun(conversationId)) throw unknown(conversationId)
    const members = accountIds.filter((accountId) => this.#members.find(conversationId, accountId))
    return members.map((accountId) => {
      const { change, touched } = this.#members.end({ conversationId, accountId, at })
      return { accountId, change, heir: null, touched }
    })
  }

  finish({ conversationId, at }: ConversationStep): void {
    if (!this.#hasBegun(conversationId)) throw unknown(conversationId)
    if (this.#hasMembers.get(conversationId)) throw new ChatError('conflict', { conversationId })
    this.#empty.run(at, conversationId)
    this.#shut(conversationId)
    this.#finish.run(conversationId)
  }

  #shut(conversationId: ConversationId): void {
    this.#dropInvites.run(conversationId)
    this.#dropBans.run(conversationId)
  }

  #hasBegun(conversationId: ConversationId): boolean {
    const found = this.#find.get(conversationId)
    if (!found) throw unknown(conversationId)
    if (found.kind === 'private') throw new ChatError('forbidden', { conversationId, isPrivate: true })
    return found.deletedAt !== null
  }
}

const unknown = (conversationId: ConversationId): ChatError =>
  new ChatError('unknown_conversation', { conversationId })

const FIND = 'SELECT kind, deleted_at AS deletedAt FROM conversations WHERE id = ?'

const WISH =
  'INSERT INTO conversation_removals (conversation_id, wished_at) VALUES (?, ?) ON CONFLICT DO NOTHING'

// Its members see the same name and topic until they go: no change tells them of another.
const HIDE = 'UPDATE conversations SET deleted_at = ?, name_key = NULL, name_look = NULL WHERE id = ?'

const EMPTY = `
  UPDATE conversations SET updated_at = ?, name = NULL, name_key = NULL, name_look = NULL, topic = NULL,
    is_listed = 0, retention_days = NULL
  WHERE id = ?`
