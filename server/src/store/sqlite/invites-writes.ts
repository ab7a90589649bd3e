import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import type { Invite } from '../../core/types.ts'
import type { InvitedMember, Joined, NewInvite, RevokedInvite } from '../store.ts'
import type { MemberWrites } from './members-writes.ts'
import type { RoleWrites } from './roles-writes.ts'
import { INVITE_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'

export class InviteWrites {
  readonly #members: MemberWrites
  readonly #roles: RoleWrites
  readonly #forget
  readonly #insert
  readonly #find
  readonly #use
  readonly #delete

  constructor(db: DatabaseSync, { members, roles }: { members: MemberWrites; roles: RoleWrites }) {
    this.#members = members
    this.#roles = roles
    this.#forget = prepare(db, FORGET)
    this.#insert = prepare(db, INSERT)
    this.#find = prepare<Invite>(db, FIND)
    this.#use = prepare(db, 'UPDATE invites SET uses = uses + 1 WHERE id = ?')
    this.#delete = prepare(db, 'DELETE FROM invites WHERE id = ? AND conversation_id = ?')
  }

  create({ conversationId, byId, seen, digest, expiresAt, maxUses, at }: NewInvite): Invite {
    this.#roles.require(conversationId, byId, seen.by)
    this.#forget.run(conversationId, at)
    this.#insert.run(conversationId, byId, digest, at, expiresAt, maxUses)
    const invite = this.#find.get(digest, conversationId)
    if (!invite) throw new Error('an invite that is not there')
    return { ...invite }
  }

  join({ conversationId, accountId, digest, seen, at }: InvitedMember): Joined {
    const invite = this.#find.get(digest, conversationId)
    if (!invite || invite.expiresAt <= at || invite.uses >= invite.maxUses)
      throw new ChatError('unknown_conversation')
    if (this.#members.find(conversationId, invite.makerId)?.role !== seen.maker)
      throw new ChatError('conflict', { conversationId })
    const joined = this.#members.joinInvited({ conversationId, accountId, at })
    if (joined.isNew) this.#use.run(invite.inviteId)
    return joined
  }

  revoke({ conversationId, inviteId, byId, seen }: RevokedInvite): void {
    this.#roles.require(conversationId, byId, seen.by)
    this.#delete.run(inviteId, conversationId)
  }
}

const FORGET = 'DELETE FROM invites WHERE conversation_id = ?1 AND (expires_at <= ?2 OR uses >= max_uses)'

const INSERT = `
  INSERT INTO invites (conversation_id, maker_id, digest, created_at, expires_at, max_uses)
  VALUES (?, ?, ?, ?, ?, ?)`

const FIND = `SELECT ${INVITE_COLUMNS} FROM invites i WHERE i.digest = ? AND i.conversation_id = ?`
