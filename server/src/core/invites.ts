import type { Bus } from '../bus/bus.ts'
import type { Clock, Micros } from '../lib/clock.ts'
import { digest, newInviteCode } from '../lib/ids.ts'
import type { ConversationStore, InviteStore } from '../store/store.ts'
import { ChatError } from './errors.ts'
import { withFreshFacts } from './fresh-facts.ts'
import { MemberNews } from './member-news.ts'
import { may, requireMay } from './policy.ts'
import { publishOnCommit } from './publish-on-commit.ts'
import type { Account, AccountId, ConversationId, Invite, InviteId, Member, Role } from './types.ts'

const WEEK: Micros = 7 * 24 * 60 * 60 * 1_000_000
const USES = 100
const MAX_PAGE = 200

interface InvitesParts {
  readonly store: { readonly conversations: ConversationStore; readonly invites: InviteStore }
  readonly bus: Bus
  readonly clock: Clock
}

/** Codes that make members. Each is shown once: the store has digests alone. */
export class Invites {
  readonly #conversations: ConversationStore
  readonly #store: InviteStore
  readonly #news: MemberNews
  readonly #clock: Clock

  constructor({ store, bus, clock }: InvitesParts) {
    this.#conversations = store.conversations
    this.#store = store.invites
    this.#news = new MemberNews(bus)
    this.#clock = clock
  }

  /** For a week and 100 uses, unless said. Refuses 'not_a_member', 'forbidden', 'conflict'. */
  create(
    byId: AccountId,
    conversationId: ConversationId,
    { expiresIn = WEEK, maxUses = USES }: { readonly expiresIn?: Micros; readonly maxUses?: number } = {},
  ): Promise<{ readonly invite: Invite; readonly code: string }> {
    return withFreshFacts(async () => {
      const by = await this.#roleOf(byId, conversationId)
      const code = newInviteCode()
      const at = this.#clock.nowMicros()
      const facts = { conversationId, byId, seen: { by }, digest: digest(code), expiresAt: at + expiresIn }
      return { invite: await this.#store.create({ ...facts, maxUses, at }), code }
    })
  }

  /** The conversation's own after that id, by id, at most 200. Refuses 'not_a_member', 'forbidden'. */
  async list(byId: AccountId, conversationId: ConversationId, after = 0): Promise<readonly Invite[]> {
    await this.#roleOf(byId, conversationId)
    return this.#store.list(conversationId, { after, limit: MAX_PAGE })
  }

  /** Changes nothing if it is gone. Refuses 'not_a_member', 'forbidden', 'conflict'. */
  revoke(byId: AccountId, conversationId: ConversationId, inviteId: InviteId): Promise<void> {
    return withFreshFacts(async () => {
      const by = await this.#roleOf(byId, conversationId)
      await this.#store.revoke({ conversationId, inviteId, byId, seen: { by } })
    })
  }

  /**
   * Makes the account a member; a member stays one, and spends nothing. Refuses 'unknown_conversation', whether the code
   * is wrong, revoked, expired or spent, its maker may not invite any more, or the account is banned there;
   * 'unknown_account' (a guest into a group), 'conflict'.
   */
  join({ accountId }: Account, code: string): Promise<Member> {
    return withFreshFacts(async () => {
      const found = await this.#store.find(digest(code))
      if (!found?.makerRole) throw new ChatError('unknown_conversation')
      const { invite, makerRole: maker } = found
      const { conversationId } = invite
      const conversation = await this.#conversations.find(conversationId)
      if (!conversation || !may('invite', maker, conversation.kind))
        throw new ChatError('unknown_conversation')
      const at = this.#clock.nowMicros()
      const entry = { conversationId, accountId, digest: digest(code), seen: { maker }, at }
      const joined = await publishOnCommit(this.#store.join(entry), (news) => this.#news.joined(news))
      return joined.member
    })
  }

  async #roleOf(accountId: AccountId, conversationId: ConversationId): Promise<Role> {
    const standing = await this.#conversations.standing(accountId, conversationId)
    if (!standing) throw new ChatError('not_a_member', { conversationId })
    return requireMay('invite', standing)
  }
}
