import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import { type Conversation, type ConversationId, toConversationId } from '../../core/types.ts'
import { nameKey, nameLook } from '../../lib/name-forms.ts'
import { pairOf } from '../pair.ts'
import type { CreatedConversation, NewConversation } from '../store.ts'
import type { Admission } from './admission.ts'
import type { Changes } from './changes.ts'
import type { MemberWrites } from './members-writes.ts'
import type { Numbers } from './numbers.ts'
import { CONVERSATION_COLUMNS, conversationOf } from './rows.ts'
import { prepare, type Row } from './statement.ts'

interface Parts {
  readonly admission: Admission
  readonly changes: Changes
  readonly members: MemberWrites
  readonly numbers: Numbers
}

export class ConversationWrites {
  readonly #admission: Admission
  readonly #changes: Changes
  readonly #members: MemberWrites
  readonly #numbers: Numbers
  readonly #find
  readonly #findPair
  readonly #isNameTaken
  readonly #insert

  constructor(db: DatabaseSync, { admission, changes, members, numbers }: Parts) {
    this.#admission = admission
    this.#changes = changes
    this.#members = members
    this.#numbers = numbers
    this.#find = prepare<Row<Conversation>>(db, FIND)
    this.#findPair = prepare<{ conversationId: ConversationId }>(db, FIND_PAIR)
    this.#isNameTaken = prepare(db, IS_NAME_TAKEN)
    this.#insert = prepare(db, INSERT)
  }

  create(wanted: NewConversation): CreatedConversation {
    const { kind, creatorId, memberIds } = wanted
    const existing = kind === 'private' ? this.#findPair.get(pairOf(memberIds)) : undefined
    if (existing) return this.#reopen(existing.conversationId, wanted)
    this.#admission.requireAdmissible(creatorId, creatorId, kind)
    for (const memberId of memberIds) this.#admission.requireAdmissible(memberId, creatorId, kind)
    this.#requireNameFree(wanted)
    const conversationId = this.#store(wanted)
    const touched = memberIds.map((id) => this.#numbers.touch(id, 'membership', `${conversationId}`))
    return { ...this.#found(conversationId), isNew: true, touched }
  }

  #reopen(conversationId: ConversationId, { creatorId, memberIds }: NewConversation): CreatedConversation {
    for (const memberId of memberIds) this.#admission.requireReachable(memberId, creatorId)
    return { ...this.#found(conversationId), isNew: false, touched: [] }
  }

  #requireNameFree({ kind, name }: NewConversation): void {
    if (kind !== 'open' || name === null) return
    // A name is looked up as a gid first: one that equals a gid would lead elsewhere.
    if (this.#isNameTaken.get(nameKey(name), nameLook(name), name))
      throw new ChatError('conversation_name_taken')
  }

  #store({ gid, kind, name, creatorId, memberIds, at }: NewConversation): ConversationId {
    const isNamed = kind === 'open' && name !== null
    const [key, look] = isNamed ? [nameKey(name), nameLook(name) || null] : [null, null]
    const pair = kind === 'private' ? pairOf(memberIds) : null
    const { lastInsertRowid } = this.#insert.run(gid, kind, name, key, look, pair, creatorId, at, at, at)
    const conversationId = toConversationId(lastInsertRowid)
    const isOwned = kind !== 'private' && !this.#admission.isGuest(creatorId)
    for (const accountId of memberIds) {
      const role = isOwned && accountId === creatorId ? 'owner' : 'member'
      this.#members.insert({ conversationId, accountId, role, at })
    }
    this.#changes.record({ conversationId, kind: 'created', accountId: creatorId, messageId: null, at })
    return conversationId
  }

  #found(conversationId: ConversationId): Pick<CreatedConversation, 'conversation' | 'members'> {
    const row = this.#find.get(conversationId)
    if (!row) throw new Error('a conversation that is not there')
    return { conversation: conversationOf(row), members: this.#members.list(conversationId) }
  }
}

const FIND = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.id = ?`

const FIND_PAIR = 'SELECT id AS conversationId FROM conversations WHERE pair = ?'

const IS_NAME_TAKEN = 'SELECT 1 FROM conversations WHERE name_key = ?1 OR name_look = ?2 OR gid = ?3'

const INSERT = `
  INSERT INTO conversations (gid, kind, name, name_key, name_look, pair, creator_id, created_at, updated_at, activity_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
