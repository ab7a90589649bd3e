import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId, ConversationId, Role } from '../../core/types.ts'
import type { ChangedRoles, NewRole } from '../store.ts'
import type { Changes } from './changes.ts'
import type { MemberWrites } from './members-writes.ts'
import type { Numbers } from './numbers.ts'
import { prepare } from './statement.ts'

interface Parts {
  readonly changes: Changes
  readonly members: MemberWrites
  readonly numbers: Numbers
}

export class RoleWrites {
  readonly #changes: Changes
  readonly #members: MemberWrites
  readonly #numbers: Numbers
  readonly #update

  constructor(db: DatabaseSync, { changes, members, numbers }: Parts) {
    this.#changes = changes
    this.#members = members
    this.#numbers = numbers
    this.#update = prepare(db, UPDATE)
  }

  /** Refuses unless the account is a member, and of the role that the caller saw. */
  require(conversationId: ConversationId, accountId: AccountId, seen: Role): void {
    const member = this.#members.find(conversationId, accountId)
    if (!member) throw new ChatError('not_a_member', { conversationId })
    if (member.role !== seen) throw new ChatError('conflict', { conversationId })
  }

  change(wanted: NewRole): ChangedRoles {
    const { conversationId, accountId, role, byId, seen } = wanted
    this.require(conversationId, byId, seen.by)
    this.require(conversationId, accountId, seen.role)
    if (role === seen.role) return { changed: [], touched: [] }
    if (role !== 'owner') return this.set(wanted)
    if (seen.by !== 'owner') throw new ChatError('conflict', { conversationId })
    return both(this.set(wanted), this.set({ ...wanted, accountId: byId, role: 'admin' }))
  }

  set({ conversationId, accountId, role, byId, at }: Omit<NewRole, 'seen'>): ChangedRoles {
    this.#update.run(role, conversationId, accountId)
    const data = { by: byId }
    const what = { conversationId, kind: 'member_changed', accountId, messageId: null, at, data } as const
    const change = this.#changes.record(what)
    const member = this.#members.get(conversationId, accountId)
    const touched = this.#numbers.touch(accountId, 'membership', `${conversationId}`)
    return { changed: [{ member, change }], touched: [touched] }
  }
}

const both = (one: ChangedRoles, other: ChangedRoles): ChangedRoles => ({
  changed: [...one.changed, ...other.changed],
  touched: [...one.touched, ...other.touched],
})

const UPDATE = 'UPDATE members SET role = ? WHERE conversation_id = ? AND account_id = ?'
