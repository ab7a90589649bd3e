import type { AccountId, ConversationId, Invite, InviteId, Role } from '../../core/types.ts'
import type { Micros } from '../../lib/clock.ts'
import type { Joined } from './members.ts'
import type { RequestKey } from './request-keys.ts'

/** Invites of one conversation that live at once. */
export const MAX_INVITES = 100

/** Invites by the digests of their codes; nobody but the invited has the codes. */
export interface InviteStore {
  /**
   * Forgets the conversation's expired and spent ones. Refuses 'not_a_member', 'conflict' (the maker's role is not what
   * the caller saw), 'rate_limited' (100 live already: one has to be revoked, used up or expire first, so that what
   * succeeds later is refused now, whoever asks). A repeat whose invite is gone is refused as `RequestKey` says.
   */
  create(invite: NewInvite): Promise<CreatedInvite>
  /** The conversation's own with greater ids, expired and spent ones too, at most `limit`, by id. */
  list(conversationId: ConversationId, page: { after: number; limit: number }): Promise<readonly Invite[]>
  find(digest: string): Promise<FoundInvite | undefined>
  /**
   * Finds the membership, or makes it and counts the use. Refuses 'unknown_conversation' (absent, expired or spent, or
   * the account is banned there), 'conflict' (the maker's role is not what the caller saw), 'unknown_account' as
   * `create` of conversations does.
   */
  join(entry: InvitedMember): Promise<Joined>
  /** Changes nothing if it is gone. Refuses 'not_a_member', 'conflict' (the role of `byId`). */
  revoke(revocation: RevokedInvite): Promise<void>
  /** As an operator may, in any conversation. Answers whether it was there. */
  end(inviteId: InviteId): Promise<boolean>
}

export interface FoundInvite {
  readonly invite: Invite
  /** Null when the maker is no member any more. */
  readonly makerRole: Role | null
}

export interface NewInvite {
  readonly conversationId: ConversationId
  readonly byId: AccountId
  readonly seen: { readonly by: Role }
  readonly digest: string
  readonly expiresAt: Micros
  readonly maxUses: number
  /** The maker's. */
  readonly once?: RequestKey
  readonly at: Micros
}

export interface CreatedInvite {
  /** As it is now. */
  readonly invite: Invite
  readonly digest: string
  /** The request's, or in a repeat the first one's. */
  readonly nonce: string | null
  /** The request came before, and nothing was written now. */
  readonly isRepeat: boolean
}

export interface InvitedMember {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
  readonly digest: string
  readonly seen: { readonly maker: Role }
  readonly at: Micros
}

export interface RevokedInvite {
  readonly conversationId: ConversationId
  readonly inviteId: InviteId
  readonly byId: AccountId
  readonly seen: { readonly by: Role }
}
