import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import { type AccountId, type Conversation, type ConversationId, toConversationId } from '../../core/types.ts'
import { nameKey, nameLook } from '../../lib/name-forms.ts'
import { pairOf } from '../pair.ts'
import type {
  ChangedConversation,
  ConversationChange,
  CreatedConversation,
  NewConversation,
} from '../store.ts'
import type { Admission } from './admission.ts'
import type { Changes } from './changes.ts'
import type { MemberWrites } from './members-writes.ts'
import type { Numbers } from './numbers.ts'
import type { RequestKeys } from './request-keys.ts'
import type { RoleWrites } from './roles-writes.ts'
import { CONVERSATION_COLUMNS, conversationOf } from './rows.ts'
import { prepare, type Row } from './statement.ts'

interface Parts {
  readonly admission: Admission
  readonly changes: Changes
  readonly members: MemberWrites
  readonly numbers: Numbers
  readonly requestKeys: RequestKeys
  readonly roles: RoleWrites
}

export class ConversationWrites {
  readonly #admission: Admission
  readonly #changes: Changes
  readonly #members: MemberWrites
  readonly #numbers: Numbers
  readonly #requestKeys: RequestKeys
  readonly #roles: RoleWrites
  readonly #find
  readonly #findPair
  readonly #isNameTaken
  readonly #insert
  readonly #rewriteName
  readonly #update

  constructor(db: DatabaseSync, { admission, changes, members, numbers, requestKeys, roles }: Parts) {
    this.#admission = admission
    this.#changes = changes
    this.#members = members
    this.#numbers = numbers
    this.#requestKeys = requestKeys
    this.#roles = roles
    this.#find = prepare<Row<Conversation>>(db, FIND)
    this.#findPair = prepare<{ conversationId: ConversationId }>(db, FIND_PAIR)
    this.#isNameTaken = prepare(db, IS_NAME_TAKEN)
    this.#insert = prepare(db, INSERT)
    this.#rewriteName = prepare(db, RENAME)
    this.#update = prepare(db, UPDATE)
  }

  create(wanted: NewConversation): CreatedConversation {
    const { kind, creatorId, memberIds, once, at } = wanted
    const first = this.#requestKeys.find(creatorId, once, at)
    if (first) return this.#repeat(toConversationId(first.resultId), creatorId, first.isNew)
    const existing = kind === 'private' ? this.#findPair.get(pairOf(memberIds)) : undefined
    const created = existing ? this.#reopen(existing.conversationId, wanted) : this.#make(wanted)
    const { conversation, isNew } = created
    this.#requestKeys.record(creatorId, once, { resultId: conversation.conversationId, isNew, at })
    return created
  }

  #repeat(conversationId: ConversationId, creatorId: AccountId, isNew: boolean): CreatedConversation {
    const member = this.#members.find(conversationId, creatorId)
    if (!member) throw new ChatError('not_a_member', { conversationId })
    const conversation = this.#get(conversationId)
    return { conversation, members: [member], isNew, isRepeat: true, touched: [] }
  }

  #make(wanted: NewConversation): CreatedConversation {
    const { kind, creatorId, memberIds } = wanted
    this.#admission.requireAdmissible(creatorId, creatorId, kind)
    for (const memberId of memberIds) this.#admission.requireAdmissible(memberId, creatorId, kind)
    if (wanted.kind === 'open') this.#requireNameFree(wanted.name)
    const conversationId = this.#store(wanted)
    const touched = memberIds.map((id) => this.#numbers.touch(id, 'membership', `${conversationId}`))
    return { ...this.#found(conversationId), isNew: true, isRepeat: false, touched }
  }

  #reopen(conversationId: ConversationId, { creatorId, memberIds }: NewConversation): CreatedConversation {
    for (const memberId of memberIds) this.#admission.requireReachable(memberId, creatorId)
    return { ...this.#found(conversationId), isNew: false, isRepeat: false, touched: [] }
  }

  change(wanted: ConversationChange): ChangedConversation {
    const { conversationId, byId, seen, at } = wanted
    this.#roles.require(conversationId, byId, seen.by)
    const before = this.#get(conversationId)
    const { name = before.name, topic = before.topic } = wanted
    const { isListed = before.isListed, membersAdd = before.membersAdd } = wanted
    const { retentionDays = before.retentionDays } = wanted
    const after = { ...before, name, topic, isListed, membersAdd, retentionDays }
    if (FACTS.every((fact) => after[fact] === before[fact])) return { conversation: before, isNew: false }
    if (isListed && name === null)
      throw new ChatError('name_refused', { field: 'conversationName', fault: 'blank' })
    if (name !== before.name) this.#rename(before, name)
    this.#update.run(topic, isListed ? 1 : 0, membersAdd ? 1 : 0, retentionDays, conversationId)
    const what = {
      conversationId,
      kind: 'conversation_changed',
      accountId: byId,
      messageId: null,
      at,
    } as const
    this.#changes.record(what)
    this.#members.moveConversation(conversationId, at)
    return { conversation: this.#get(conversationId), isNew: true }
  }

  #rename({ conversationId, kind }: Conversation, name: string | null): void {
    const isNamed = kind === 'open' && name !== null
    if (isNamed) this.#requireNameFree(name, conversationId)
    const [key, look] = isNamed ? [nameKey(name), nameLook(name) || null] : [null, null]
    this.#rewriteName.run(name, key, look, conversationId)
  }

  #requireNameFree(name: string | null, butOf: number = NONE): void {
    if (name === null) return
    // A name is looked up as a gid first: one that equals a gid would lead elsewhere.
    if (this.#isNameTaken.get(nameKey(name), nameLook(name), name, butOf))
      throw new ChatError('conversation_name_taken')
  }

  #store(wanted: NewConversation): ConversationId {
    const { gid, kind, name, topic = null, isListed = false, creatorId, memberIds, at } = wanted
    const isNamed = kind === 'open' && name !== null
    const [key, look] = isNamed ? [nameKey(name), nameLook(name) || null] : [null, null]
    const pair = kind === 'private' ? pairOf(memberIds) : null
    const { lastInsertRowid } = this.#insert.run(
      ...[gid, kind, name, key, look, pair, creatorId, at, at, at],
      ...[topic, isListed ? 1 : 0, memberIds.length],
    )
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
    return { conversation: this.#get(conversationId), members: this.#members.list(conversationId) }
  }

  #get(conversationId: ConversationId): Conversation {
    const row = this.#find.get(conversationId)
    if (!row) throw new Error('a conversation that is not there')
    return conversationOf(row)
  }
}

const FIND = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.id = ?`

const FIND_PAIR = 'SELECT id AS conversationId FROM conversations WHERE pair = ?'

/** No conversation has it. */
const NONE = 0

const FACTS = ['name', 'topic', 'isListed', 'membersAdd', 'retentionDays'] as const

const IS_NAME_TAKEN = `
  SELECT 1 FROM conversations WHERE (name_key = ?1 OR name_look = ?2 OR gid = ?3) AND id <> ?4`

const RENAME = 'UPDATE conversations SET name = ?, name_key = ?, name_look = ? WHERE id = ?'

const UPDATE = `
  UPDATE conversations SET topic = ?, is_listed = ?, members_add = ?, retention_days = ? WHERE id = ?`

const INSERT = `
  INSERT INTO conversations (gid, kind, name, name_key, name_look, pair, creator_id, created_at, updated_at, activity_at,
    topic, is_listed, member_count)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
