import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId, ConversationId, ConversationKind, Member, Role } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Added, Joined, Left, MemberStore, NewMember } from '../store.ts'
import type { Admission } from './admission.ts'
import type { Bans } from './bans.ts'
import type { Changes } from './changes.ts'
import type { Numbers } from './numbers.ts'
import { MEMBER_COLUMNS, memberOf } from './rows.ts'
import { prepare, type Row } from './statement.ts'

interface ConversationFacts {
  readonly kind: ConversationKind
  readonly membersAdd: number
  readonly lastChange: number
  readonly isDeleted: number
}
type Entry = Pick<NewMember, 'conversationId' | 'accountId' | 'at'> & { readonly role: Role }
type Ended = Omit<Left, 'heir'>
type Mark = Parameters<MemberStore['markRead']>[0]
type Current = { readonly accountId: AccountId; readonly conversationId: ConversationId | null }

interface Parts {
  readonly admission: Admission
  readonly bans: Bans
  readonly changes: Changes
  readonly numbers: Numbers
}

export class MemberWrites {
  readonly #admission: Admission
  readonly #bans: Bans
  readonly #changes: Changes
  readonly #numbers: Numbers
  readonly #conversation
  readonly #find
  readonly #list
  readonly #insert
  readonly #delete
  readonly #markRead
  readonly #setCurrent
  readonly #moveConversation
  readonly #count

  constructor(db: DatabaseSync, { admission, bans, changes, numbers }: Parts) {
    this.#admission = admission
    this.#bans = bans
    this.#changes = changes
    this.#numbers = numbers
    this.#conversation = prepare<ConversationFacts>(db, CONVERSATION)
    this.#find = prepare<Row<Member>>(db, FIND)
    this.#list = prepare<Row<Member>>(db, LIST_MEMBERS)
    this.#insert = prepare(db, INSERT)
    this.#delete = prepare(db, 'DELETE FROM members WHERE conversation_id = ? AND account_id = ?')
    this.#markRead = prepare(db, MARK_READ)
    this.#setCurrent = prepare(db, 'UPDATE accounts SET current_conversation_id = ? WHERE id = ?')
    this.#moveConversation = prepare(db, MOVE_CONVERSATION)
    this.#count = prepare(db, 'UPDATE conversations SET member_count = member_count + ? WHERE id = ?')
  }

  list(conversationId: ConversationId): Member[] {
    return this.#list.all(conversationId).map(memberOf)
  }

  /** Undefined when it is no member. */
  find(conversationId: ConversationId, accountId: AccountId): Member | undefined {
    const row = this.#find.get(conversationId, accountId)
    return row && memberOf(row)
  }

  insert({ conversationId, accountId, role, at }: Entry): void {
    this.#insert.run(conversationId, accountId, role, at)
  }

  join({ conversationId, accountId, added, at }: NewMember): Joined {
    const conversation = this.#conversation.get(conversationId)
    if (!conversation || conversation.isDeleted === 1)
      throw new ChatError('unknown_conversation', { conversationId })
    const { kind } = conversation
    if (added) this.#requireMayAdd(added, conversationId, conversation)
    const found = this.#find.get(conversationId, accountId)
    if (found) return { member: memberOf(found), change: conversation.lastChange, isNew: false, touched: [] }
    if (!added && kind !== 'open') throw new ChatError('unknown_conversation', { conversationId })
    this.#settleBan(conversationId, accountId, added)
    this.#admission.requireAdmissible(accountId, added?.byId ?? accountId, kind)
    return this.begin({ conversationId, accountId, at })
  }

  /** With an invite that is good. */
  joinInvited({ conversationId, accountId, at }: Omit<Entry, 'role'>): Joined {
    const conversation = this.#conversation.get(conversationId)
    const found = this.#find.get(conversationId, accountId)
    if (!conversation || conversation.isDeleted === 1 || this.#bans.has(conversationId, accountId))
      throw new ChatError('unknown_conversation')
    if (found) return { member: memberOf(found), change: conversation.lastChange, isNew: false, touched: [] }
    this.#admission.requireAdmissible(accountId, accountId, conversation.kind)
    return this.begin({ conversationId, accountId, at })
  }

  /** Makes a member of one who may be, and is none. */
  begin({ conversationId, accountId, at }: Omit<Entry, 'role'>): Joined {
    this.insert({ conversationId, accountId, role: 'member', at })
    this.#count.run(1, conversationId)
    const change = this.#changes.record({ conversationId, kind: 'joined', accountId, messageId: null, at })
    this.moveConversation(conversationId, at)
    const touched = [this.#numbers.touch(accountId, 'membership', `${conversationId}`)]
    return { member: this.get(conversationId, accountId), change, isNew: true, touched }
  }

  /** Ends the membership of a member. */
  end({ conversationId, accountId, at }: Omit<Entry, 'role'>, data?: { readonly by: AccountId }): Ended {
    this.#delete.run(conversationId, accountId)
    this.#count.run(-1, conversationId)
    const what = { conversationId, kind: 'left', accountId, messageId: null, at } as const
    const change = this.#changes.record(data ? { ...what, data } : what)
    this.moveConversation(conversationId, at)
    return { change, touched: [this.#numbers.touch(accountId, 'membership', `${conversationId}`, true)] }
  }

  kindOf(conversationId: ConversationId): ConversationKind | undefined {
    return this.#conversation.get(conversationId)?.kind
  }

  markRead({ conversationId, accountId, at }: Mark): void {
    const { changes } = this.#markRead.run(at, conversationId, accountId)
    if (changes === 0) throw new ChatError('not_a_member', { conversationId })
  }

  setCurrent({ accountId, conversationId }: Current): void {
    this.#setCurrent.run(conversationId, accountId)
  }

  /** Without a message, what happened last is this. */
  moveConversation(conversationId: ConversationId, at: Micros): void {
    this.#moveConversation.run(at, conversationId)
  }

  get(conversationId: ConversationId, accountId: AccountId): Member {
    const member = this.find(conversationId, accountId)
    if (!member) throw new Error('a member that is not there')
    return member
  }

  #requireMayAdd(
    { byId, seen }: Added,
    conversationId: ConversationId,
    { kind, membersAdd }: ConversationFacts,
  ): void {
    const adder = this.find(conversationId, byId)
    if (kind === 'private' || !adder) throw new ChatError('not_a_member', { conversationId })
    if (adder.role !== seen.by || (membersAdd === 1) !== seen.membersAdd)
      throw new ChatError('conflict', { conversationId })
  }

  #settleBan(conversationId: ConversationId, accountId: AccountId, added: Added | null): void {
    if (!this.#bans.has(conversationId, accountId)) return
    if (!added) throw new ChatError('unknown_conversation', { conversationId })
    if (!added.liftsBan) throw new ChatError('forbidden', { conversationId })
    this.#bans.lift(conversationId, accountId)
  }
}

const LIST_MEMBERS = `
  SELECT ${MEMBER_COLUMNS} FROM members m JOIN accounts a ON a.id = m.account_id
  WHERE m.conversation_id = ? ORDER BY m.id`

const CONVERSATION = `
  SELECT kind, members_add AS membersAdd, last_change AS lastChange, deleted_at IS NOT NULL AS isDeleted
  FROM conversations WHERE id = ?`

const FIND = `
  SELECT ${MEMBER_COLUMNS} FROM members m JOIN accounts a ON a.id = m.account_id
  WHERE m.conversation_id = ? AND m.account_id = ?`

// Nothing that was sent before is unread.
const INSERT = `
  INSERT INTO members (conversation_id, account_id, role, joined_at, read_seq, sent_seq)
  SELECT id, ?2, ?3, ?4, last_seq, last_seq FROM conversations WHERE id = ?1`

const MARK_READ = `
  UPDATE members SET last_read_at = max(coalesce(last_read_at, 0), ?1),
    last_read_seq = (SELECT last_seq FROM conversations WHERE id = ?2)
  WHERE conversation_id = ?2 AND account_id = ?3`

const MOVE_CONVERSATION = `
  UPDATE conversations SET updated_at = ?1,
    activity_at = CASE WHEN last_message_id IS NULL THEN ?1 ELSE activity_at END
  WHERE id = ?2`
