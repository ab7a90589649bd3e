import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../lib/clock.ts'
import type { AccountStore, ContactStore, ConversationStore, MemberStore, Standing } from '../store/store.ts'
import { ChatError } from './errors.ts'
import { withFreshFacts } from './fresh-facts.ts'
import { MemberNews } from './member-news.ts'
import { forbidden, isBelow, mayGiveRole, mayHaveRole, requireMay } from './policy.ts'
import type { Profiles } from './profiles.ts'
import { publishOnCommit } from './publish-on-commit.ts'
import type {
  AccountId,
  Conversation,
  ConversationId,
  Member,
  MemberDetails,
  Message,
  Role,
} from './types.ts'

/** Members of a conversation in which each sees what the others have read. */
const MAX_RECEIPTS = 100

interface MembersParts {
  readonly store: {
    readonly accounts: AccountStore
    readonly conversations: ConversationStore
    readonly members: MemberStore
    readonly contacts: ContactStore
  }
  readonly profiles: Pick<Profiles, 'tellsReceipts'>
  readonly bus: Bus
  readonly clock: Clock
}

interface Membership {
  readonly conversationId: ConversationId
  readonly accountId: AccountId
}

interface GivenRole extends Membership {
  readonly role: Role
}

/** Members, and what some of them do to others. */
export class Members {
  readonly #store: MembersParts['store']
  readonly #profiles: MembersParts['profiles']
  readonly #news: MemberNews
  readonly #clock: Clock

  constructor({ store, profiles, bus, clock }: MembersParts) {
    this.#store = store
    this.#profiles = profiles
    this.#news = new MemberNews(bus)
    this.#clock = clock
  }

  /** Those with greater account ids, at most `limit`, by id. The caller has checked that the reader is a member. */
  page(
    conversationId: ConversationId,
    page: { after: number; limit: number },
  ): Promise<readonly MemberDetails[]> {
    return this.#store.members.page(conversationId, page)
  }

  async find({ conversationId, accountId }: Membership): Promise<MemberDetails | undefined> {
    const [found] = await this.page(conversationId, { after: accountId - 1, limit: 1 })
    return found?.accountId === accountId ? found : undefined
  }

  /**
   * The members who have read a message: those whose mark is there, who were members when it was sent, and are not its
   * sender. Those who have blocked the viewer are left out, and those who want nobody to know how far they have read. Refuses 'forbidden' (details.maxMembers) in a conversation of
   * more than 100 members. The caller has checked that the viewer is one.
   */
  async readersOf(
    viewerId: AccountId,
    { conversationId, memberCount }: Conversation,
    { seq, senderId, sentAt }: Message,
  ): Promise<readonly MemberDetails[]> {
    if (memberCount > MAX_RECEIPTS)
      throw new ChatError('forbidden', { conversationId, maxMembers: MAX_RECEIPTS })
    const members = await this.page(conversationId, { after: 0, limit: MAX_RECEIPTS })
    const readers = members.filter(
      ({ accountId, readSeq, joinedAt }) => readSeq >= seq && joinedAt <= sentAt && accountId !== senderId,
    )
    const ids = readers.map(({ accountId }) => accountId)
    const blockers = new Set(await this.#store.contacts.blockersOf(viewerId, ids))
    const shown = readers.filter(({ accountId }) => !blockers.has(accountId))
    const tells = await Promise.all(shown.map(({ accountId }) => this.#profiles.tellsReceipts(accountId)))
    return shown.filter((_, n) => tells[n])
  }

  /**
   * Gives a member another role, and hands over with the owner's: who gives it is an admin then. Refuses
   * 'not_a_member' (either of the two), 'forbidden', 'unknown_account' (a disabled one as the owner), 'conflict'.
   */
  changeRole(byId: AccountId, given: GivenRole): Promise<Member> {
    return withFreshFacts(async () => {
      const { conversationId, accountId, role } = given
      const by = await this.#standing(byId, conversationId)
      const byRole = requireMay('changeRole', by)
      const target = await this.#member(accountId, conversationId)
      if (!mayGiveRole(byRole, { from: target.role, to: role }, by.conversation.kind))
        throw forbidden(by.conversation, 'changeRole')
      await this.#requireFit(accountId, given, by)
      const seen = { by: byRole, role: target.role }
      const changing = this.#store.members.changeRole({ ...given, byId, seen, at: this.#clock.nowMicros() })
      const { changed } = await publishOnCommit(changing, (roles) => this.#news.changed(roles, byId))
      return changed[0]?.member ?? target
    })
  }

  /**
   * Ends the membership of one whose role is below one's own. In an open conversation that is a ban: the account does not
   * enter any more, as if there were no such conversation. Refuses 'not_a_member' (either of the two), 'forbidden',
   * 'conflict'.
   */
  async remove(byId: AccountId, { conversationId, accountId }: Membership): Promise<void> {
    await withFreshFacts(async () => {
      const by = await this.#standing(byId, conversationId)
      const byRole = requireMay('remove', by)
      const { role } = await this.#member(accountId, conversationId)
      if (!isBelow(role, byRole)) throw forbidden(by.conversation, 'remove')
      const facts = { byId, seen: { by: byRole, role }, at: this.#clock.nowMicros() }
      const removing = this.#store.members.remove({ conversationId, accountId, ...facts })
      return publishOnCommit(removing, (left) => this.#news.left({ conversationId, accountId }, left, byId))
    })
  }

  /** Lets an account enter again; changes nothing if it was not banned. Refuses 'not_a_member', 'forbidden', 'conflict'. */
  liftBan(byId: AccountId, { conversationId, accountId }: Membership): Promise<void> {
    return withFreshFacts(async () => {
      const by = requireMay('liftBan', await this.#standing(byId, conversationId))
      await this.#store.members.liftBan({ conversationId, accountId, byId, seen: { by } })
    })
  }

  async #requireFit(accountId: AccountId, { role }: GivenRole, { conversation }: Standing): Promise<void> {
    const account = await this.#store.accounts.find(accountId)
    if (!account || (role === 'owner' && account.isDisabled))
      throw new ChatError('unknown_account', { accountId })
    if (!mayHaveRole(account, role)) throw forbidden(conversation, 'changeRole')
  }

  async #standing(accountId: AccountId, conversationId: ConversationId): Promise<Standing> {
    const standing = await this.#store.conversations.standing(accountId, conversationId)
    if (!standing) throw new ChatError('not_a_member', { conversationId })
    return standing
  }

  async #member(accountId: AccountId, conversationId: ConversationId): Promise<Member> {
    const { member } = await this.#standing(accountId, conversationId)
    if (!member) throw new ChatError('not_a_member', { conversationId, accountId })
    return member
  }
}
