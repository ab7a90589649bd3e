import { createHmac } from 'node:crypto'
import type { Bus } from '../bus/bus.ts'
import type { Clock, Micros } from '../lib/clock.ts'
import { digest, newInviteCode, newPublicId, newSecret } from '../lib/ids.ts'
import type { ConversationStore, InviteStore, RequestKey } from '../store/store.ts'
import { ChatError } from './errors.ts'
import { withFreshFacts } from './fresh-facts.ts'
import { MemberNews } from './member-news.ts'
import { type Once, requestKeyOf } from './once.ts'
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
  /** Known to the servers of this database alone. One made for this process if it is absent. */
  readonly codeKey?: string | undefined
}

interface NewInvite {
  readonly expiresIn?: Micros
  readonly maxUses?: number
  /** For 24 h a repeat is answered with the first invite, and the same code. */
  readonly once?: Once
}

interface Invited {
  /** As it is now. */
  readonly invite: Invite
  readonly code: string
  readonly isRepeat: boolean
}

/**
 * Codes that make members. Each is shown to its maker alone: the store has digests. The code of an invite that may be
 * asked for again is not random, but made of the request's key, of random bits that are stored, and of a key that is not.
 */
export class Invites {
  readonly #conversations: ConversationStore
  readonly #store: InviteStore
  readonly #news: MemberNews
  readonly #clock: Clock
  readonly #codeKey: string

  constructor({ store, bus, clock, codeKey = newSecret() }: InvitesParts) {
    this.#conversations = store.conversations
    this.#store = store.invites
    this.#news = new MemberNews(bus)
    this.#clock = clock
    this.#codeKey = codeKey
  }

  /**
   * For a week and 100 uses, unless said. Refuses 'not_a_member', 'forbidden', 'conflict', 'rate_limited' (100 live in the
   * conversation). 'idempotency_key_reused': the key was of another request, or its invite is gone by now.
   */
  create(
    byId: AccountId,
    conversationId: ConversationId,
    { expiresIn = WEEK, maxUses = USES, once }: NewInvite = {},
  ): Promise<Invited> {
    const what = `invite ${conversationId}`
    return withFreshFacts(async () => {
      const by = await this.#roleOf(byId, conversationId)
      const request = once && requestKeyOf(what, once, newPublicId())
      const code = request ? this.#codeOf(byId, request) : newInviteCode()
      const at = this.#clock.nowMicros()
      const facts = { conversationId, byId, seen: { by }, digest: digest(code), expiresAt: at + expiresIn }
      const wanted = { ...facts, maxUses, at }
      const { invite, ...made } = await this.#store.create(request ? { ...wanted, once: request } : wanted)
      if (!request || !made.isRepeat) return { invite, code, isRepeat: false }
      const first = this.#codeOf(byId, { ...request, nonce: made.nonce })
      // Made by a server with another key, as before the database was moved without its secrets.
      if (digest(first) !== made.digest) throw new ChatError('idempotency_key_reused')
      return { invite, code: first, isRepeat: true }
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

  /** Ends an invite of any conversation: for an operator. Answers whether it was there. */
  end(inviteId: InviteId): Promise<boolean> {
    return this.#store.end(inviteId)
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

  /** 128 bits that nobody guesses without the key. */
  #codeOf(makerId: AccountId, { key, nonce }: RequestKey): string {
    const text = `${makerId} ${key} ${nonce}`
    return createHmac('sha256', this.#codeKey).update(text).digest().subarray(0, 16).toString('base64url')
  }

  async #roleOf(accountId: AccountId, conversationId: ConversationId): Promise<Role> {
    const standing = await this.#conversations.standing(accountId, conversationId)
    if (!standing) throw new ChatError('not_a_member', { conversationId })
    return requireMay('invite', standing)
  }
}
