import type { DatabaseSync } from 'node:sqlite'
import { ChatError } from '../../core/errors.ts'
import { type ConversationId, type Invite, type InviteId, toInviteId } from '../../core/types.ts'
import {
  type CreatedInvite,
  type InvitedMember,
  type Joined,
  MAX_INVITES,
  type NewInvite,
  type RevokedInvite,
} from '../store.ts'
import type { MemberWrites } from './members-writes.ts'
import type { RequestKeys } from './request-keys.ts'
import type { RoleWrites } from './roles-writes.ts'
import { INVITE_COLUMNS } from './rows.ts'
import { prepare } from './statement.ts'

interface Parts {
  readonly members: MemberWrites
  readonly requestKeys: RequestKeys
  readonly roles: RoleWrites
}

export class InviteWrites {
  readonly #members: MemberWrites
  readonly #requestKeys: RequestKeys
  readonly #roles: RoleWrites
  readonly #forget
  readonly #count
  readonly #insert
  readonly #find
  readonly #findById
  readonly #use
  readonly #delete
  readonly #end

  constructor(db: DatabaseSync, { members, requestKeys, roles }: Parts) {
    this.#members = members
    this.#requestKeys = requestKeys
    this.#roles = roles
    this.#forget = prepare(db, FORGET)
    this.#count = prepare<{ invites: number }>(
      db,
      'SELECT count(*) AS invites FROM invites WHERE conversation_id = ?',
    )
    this.#insert = prepare(db, INSERT)
    this.#find = prepare<Invite>(db, FIND)
    this.#findById = prepare<Invite & { readonly digest: string }>(db, FIND_BY_ID)
    this.#use = prepare(db, 'UPDATE invites SET uses = uses + 1 WHERE id = ?')
    this.#delete = prepare(db, 'DELETE FROM invites WHERE id = ? AND conversation_id = ?')
    this.#end = prepare(db, 'DELETE FROM invites WHERE id = ?')
  }

  create(wanted: NewInvite): CreatedInvite {
    const { conversationId, byId, seen, digest, expiresAt, maxUses, once, at } = wanted
    this.#roles.require(conversationId, byId, seen.by)
    const first = this.#requestKeys.find(byId, once, at)
    if (first) return this.#repeat(toInviteId(first.resultId), conversationId, first.nonce)
    this.#forget.run(conversationId, at)
    if ((this.#count.get(conversationId)?.invites ?? 0) >= MAX_INVITES) throw new ChatError('rate_limited')
    this.#insert.run(conversationId, byId, digest, at, expiresAt, maxUses)
    const invite = this.#find.get(digest, conversationId)
    if (!invite) throw new Error('an invite that is not there')
    this.#requestKeys.record(byId, once, { resultId: invite.inviteId, isNew: true, at })
    return { invite: { ...invite }, digest, nonce: once?.nonce ?? null, isRepeat: false }
  }

  #repeat(inviteId: InviteId, conversationId: ConversationId, nonce: string | null): CreatedInvite {
    const found = this.#findById.get(inviteId, conversationId)
    if (!found) throw new ChatError('idempotency_key_reused')
    const { digest, ...invite } = found
    return { invite, digest, nonce, isRepeat: true }
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

  end(inviteId: InviteId): boolean {
    return this.#end.run(inviteId).changes === 1
  }
}

const FORGET = 'DELETE FROM invites WHERE conversation_id = ?1 AND (expires_at <= ?2 OR uses >= max_uses)'

const INSERT = `
  INSERT INTO invites (conversation_id, maker_id, digest, created_at, expires_at, max_uses)
  VALUES (?, ?, ?, ?, ?, ?)`

const FIND = `SELECT ${INVITE_COLUMNS} FROM invites i WHERE i.digest = ? AND i.conversation_id = ?`

const FIND_BY_ID = `
  SELECT ${INVITE_COLUMNS}, i.digest AS digest FROM invites i WHERE i.id = ? AND i.conversation_id = ?`
