import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { AccountId, ConversationId } from '../../core/types.ts'
import type { Exit, Left, LiftedBan, RemovedMember } from '../store.ts'
import type { Bans } from './bans.ts'
import { HEIR } from './heir.ts'
import type { MemberWrites } from './members-writes.ts'
import type { RoleWrites } from './roles-writes.ts'
import { prepare } from './statement.ts'

interface Parts {
  readonly bans: Bans
  readonly members: MemberWrites
  readonly roles: RoleWrites
}

/** The ways in which a membership ends. */
export class ExitWrites {
  readonly #bans: Bans
  readonly #members: MemberWrites
  readonly #roles: RoleWrites
  readonly #heir

  constructor(db: DatabaseSync, { bans, members, roles }: Parts) {
    this.#bans = bans
    this.#members = members
    this.#roles = roles
    this.#heir = prepare<{ accountId: AccountId }>(db, HEIR)
  }

  leave(exit: Exit): Left {
    const { conversationId, accountId, heirId, at } = exit
    const member = this.#members.find(conversationId, accountId)
    // A private conversation stays the pair's one: nobody leaves it.
    if (!member || this.#members.kindOf(conversationId) === 'private')
      throw new ChatError('not_a_member', { conversationId })
    const heir = member.role === 'owner' ? this.#findHeir(conversationId, accountId) : null
    if (heir !== heirId) throw new ChatError('conflict', { conversationId })
    const left = this.#members.end(exit)
    if (heir === null) return { ...left, heir }
    const role = { conversationId, accountId: heir, role: 'owner', byId: accountId, at } as const
    const { changed, touched } = this.#roles.set(role)
    return { change: left.change, heir: changed[0] ?? null, touched: [...left.touched, ...touched] }
  }

  remove(removal: RemovedMember): Left {
    const { conversationId, accountId, byId, seen } = removal
    this.#roles.require(conversationId, byId, seen.by)
    this.#roles.require(conversationId, accountId, seen.role)
    const kind = this.#members.kindOf(conversationId)
    if (kind === 'private') throw new ChatError('not_a_member', { conversationId })
    if (kind === 'open') this.#bans.add(removal)
    return { ...this.#members.end(removal, { by: byId }), heir: null }
  }

  liftBan({ conversationId, accountId, byId, seen }: LiftedBan): void {
    this.#roles.require(conversationId, byId, seen.by)
    this.#bans.lift(conversationId, accountId)
  }

  #findHeir(conversationId: ConversationId, leaverId: AccountId): AccountId | null {
    return this.#heir.get(conversationId, leaverId)?.accountId ?? null
  }
}
