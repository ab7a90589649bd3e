import type { Bus } from '../bus/bus.ts'
import type { Clock, Micros } from '../lib/clock.ts'
import { newGid } from '../lib/ids.ts'
import type {
  Added,
  ConversationName,
  ConversationStore,
  CreatedConversation,
  Joined,
  MemberStore,
  NewConversation,
  Standing,
} from '../store/store.ts'
import { ChatError } from './errors.ts'
import { conversationTopic } from './events.ts'
import { withFreshFacts } from './fresh-facts.ts'
import { MemberNews } from './member-news.ts'
import { newName, newTopic } from './names.ts'
import { type Once, requestKeyOf } from './once.ts'
import { may, mayChangeMembers, mayEnter, requireAnother, requireMay } from './policy.ts'
import { publishOnCommit } from './publish-on-commit.ts'
import {
  type Account,
  type AccountId,
  type Conversation,
  type ConversationId,
  type ConversationListing,
  type Member,
  toGid,
} from './types.ts'

/** Facts of a conversation that its members change. */
interface NewFacts {
  readonly name?: string | null
  readonly topic?: string | null
  readonly isListed?: boolean
  readonly membersAdd?: boolean
  /** At least 1; null: only the server's own limit holds. */
  readonly retentionDays?: number | null
}

/** Facts of an open conversation, from its creation. */
interface OpenFacts {
  readonly topic?: string | null
  readonly isListed?: boolean
  /** See `Conversations.createGroup`. */
  readonly once?: Once | undefined
}

/** Conversations and their members: opening, entering, leaving, listing. */
export class Conversations {
  readonly #store: ConversationStore
  readonly #members: MemberStore
  readonly #bus: Bus
  readonly #news: MemberNews
  readonly #clock: Clock

  constructor(store: { conversations: ConversationStore; members: MemberStore }, bus: Bus, clock: Clock) {
    this.#store = store.conversations
    this.#members = store.members
    this.#bus = bus
    this.#news = new MemberNews(bus)
    this.#clock = clock
  }

  /**
   * Members are the creator, first, and the others in the order given, repeats dropped. With `once`, a repeat within 24 h
   * creates nothing and answers the first conversation, as it is now. Refuses 'name_refused', 'unknown_account';
   * 'idempotency_key_reused' (the key was of another request), 'not_a_member' (the creator of a repeated one has left).
   */
  async createGroup(
    creatorId: AccountId,
    memberIds: readonly AccountId[],
    name: string | null,
    once?: Once,
  ): Promise<CreatedConversation> {
    return this.#create({ kind: 'group', memberIds: [creatorId, ...memberIds], name: nameOf(name) }, once)
  }

  /**
   * Refuses 'name_refused', 'conversation_name_taken', and repeats as `createGroup` does. People enter a conversation
   * without a name by its gid.
   */
  async createOpen(
    creatorId: AccountId,
    name: string | null,
    { topic = null, isListed = false, once }: OpenFacts = {},
  ): Promise<CreatedConversation> {
    if (isListed && name === null) throw namelessInDirectory()
    const facts = { name: nameOf(name), topic: topicOf(topic), isListed }
    return this.#create({ ...facts, kind: 'open', memberIds: [creatorId] }, once)
  }

  /**
   * Changes what is given of a group or an open conversation. Refuses 'not_a_member', 'forbidden', 'name_refused' (also a
   * listed one without a name), 'conversation_name_taken', 'conflict'.
   */
  change(byId: AccountId, conversationId: ConversationId, wanted: NewFacts): Promise<Conversation> {
    return withFreshFacts(async () => {
      const standing = await this.#store.standing(byId, conversationId)
      if (!standing) throw new ChatError('not_a_member', { conversationId })
      const by = requireMay('change', standing)
      if (wanted.isListed !== undefined) requireMay('list', standing)
      if (wanted.retentionDays !== undefined) requireMay('retain', standing)
      const { name, topic } = wanted
      const facts = {
        ...wanted,
        ...(name !== undefined && { name: nameOf(name) }),
        ...(topic !== undefined && { topic: topicOf(topic) }),
      }
      const at = this.#clock.nowMicros()
      const changing = this.#store.change({ ...facts, conversationId, byId, seen: { by }, at })
      const changed = await publishOnCommit(changing, ({ conversation, isNew }) => {
        const { lastChange: change } = conversation
        const news = { type: 'conversation.changed', conversationId, change, conversation, byId } as const
        if (isNew) this.#bus.publish(conversationTopic(conversationId), news)
      })
      return changed.conversation
    })
  }

  /**
   * The pair's one private conversation, made if need be. Refuses 'with_yourself', 'unknown_account', and repeats as
   * `createGroup` does.
   */
  async openPrivate(accountId: AccountId, otherId: AccountId, once?: Once): Promise<CreatedConversation> {
    requireAnother(accountId, otherId)
    return this.#create({ kind: 'private', memberIds: [accountId, otherId], name: null }, once)
  }

  find(conversationId: ConversationId): Promise<Conversation | undefined> {
    return this.#store.find(conversationId)
  }

  findByGid(gid: string): Promise<Conversation | undefined> {
    return this.#store.findByGid(gid)
  }

  /** By gid, else by an open conversation's name. */
  async findByGidOrName(name: string): Promise<Conversation | undefined> {
    return (await this.#store.findByGid(name)) ?? (await this.#store.findOpenByName(name))
  }

  /** The pair's one private conversation, whichever opened it; undefined before that. */
  findPrivate(accountId: AccountId, otherId: AccountId): Promise<Conversation | undefined> {
    return this.#store.findPrivate([accountId, otherId])
  }

  /** Undefined unless the account is a member. */
  async standing(accountId: AccountId, conversationId: ConversationId): Promise<Standing | undefined> {
    const standing = await this.#store.standing(accountId, conversationId)
    return standing?.member ? standing : undefined
  }

  /**
   * The account's standing in a conversation whose name it knows; an open one makes it a member.
   * Refuses 'unknown_conversation' for one that only its members may know of.
   */
  async enter(account: Account, conversation: Conversation): Promise<Standing> {
    const { conversationId } = conversation
    const standing = await this.#store.standing(account.accountId, conversationId)
    if (standing?.member) return standing
    if (!standing || !mayEnter(conversation)) throw new ChatError('unknown_conversation')
    const { member } = await this.#join(conversationId, account.accountId, null)
    return { ...standing, member }
  }

  /**
   * A member brings another into a group or an open conversation. Being added by a moderator lifts a ban. Refuses
   * 'not_a_member', 'forbidden', 'unknown_account', 'conflict'.
   */
  async add(byId: AccountId, conversationId: ConversationId, accountId: AccountId): Promise<void> {
    await withFreshFacts(async () => {
      const standing = await this.standing(byId, conversationId)
      if (!standing || !mayChangeMembers(standing.conversation))
        throw new ChatError('not_a_member', { conversationId })
      const { membersAdd, kind } = standing.conversation
      const by = requireMay(membersAdd ? 'add' : 'addAlways', standing)
      const added = { byId, seen: { by, membersAdd }, liftsBan: may('liftBan', by, kind) }
      return this.#join(conversationId, accountId, added)
    })
  }

  /**
   * An owner's role goes to the highest role, then to whoever is there for the longest, but to no guest. A private
   * conversation cannot be left: it stays the pair's one. Refuses 'not_a_member', 'conflict'.
   */
  async leave(accountId: AccountId, conversation: Conversation): Promise<void> {
    const { conversationId } = conversation
    if (!mayChangeMembers(conversation)) throw new ChatError('not_a_member', { conversationId })
    await withFreshFacts(async () => {
      const heirId = await this.#heirOf(accountId, conversationId)
      const leaving = this.#members.leave({ conversationId, accountId, heirId, at: this.#clock.nowMicros() })
      return publishOnCommit(leaving, (left) => this.#news.left({ conversationId, accountId }, left))
    })
  }

  members(conversationId: ConversationId): Promise<readonly Member[]> {
    return this.#members.list(conversationId)
  }

  list(
    accountId: AccountId,
    page: { before: Micros; limit: number },
  ): Promise<readonly ConversationListing[]> {
    return this.#store.list(accountId, page)
  }

  /** Undefined unless the account is a member. */
  findListing(
    accountId: AccountId,
    conversationId: ConversationId,
  ): Promise<ConversationListing | undefined> {
    return this.#store.findListing(accountId, conversationId)
  }

  /** All conversations of the account, oldest first. */
  listNames(accountId: AccountId): Promise<readonly ConversationName[]> {
    return this.#store.listNames(accountId)
  }

  idsOf(accountId: AccountId): Promise<readonly ConversationId[]> {
    return this.#store.idsOf(accountId)
  }

  /** Everything sent so far is read by the account. Refuses 'not_a_member'. */
  markRead(accountId: AccountId, conversationId: ConversationId): Promise<void> {
    return this.#members.markRead({ conversationId, accountId, at: this.#clock.nowMicros() })
  }

  setCurrent(accountId: AccountId, conversationId: ConversationId | null): Promise<void> {
    return this.#members.setCurrent(accountId, conversationId)
  }

  #create(
    wanted: Omit<NewConversation, 'gid' | 'creatorId' | 'once' | 'at'>,
    once: Once | undefined,
  ): Promise<CreatedConversation> {
    const { kind, memberIds } = wanted
    const [creatorId] = memberIds
    if (creatorId === undefined) throw new Error('a conversation has a creator')
    const creating = this.#store.create({
      ...wanted,
      gid: toGid(newGid()),
      creatorId,
      memberIds: [...new Set(memberIds)],
      at: this.#clock.nowMicros(),
      ...(once && { once: requestKeyOf(kind, once) }),
    })
    return publishOnCommit(creating, (created) => {
      if (created.isNew && !created.isRepeat) this.#news.created(created)
    })
  }

  async #heirOf(accountId: AccountId, conversationId: ConversationId): Promise<AccountId | null> {
    const standing = await this.#store.standing(accountId, conversationId)
    if (standing?.member?.role !== 'owner') return null
    return (await this.#members.findHeir(conversationId, accountId)) ?? null
  }

  #join(conversationId: ConversationId, accountId: AccountId, added: Added | null): Promise<Joined> {
    const at = this.#clock.nowMicros()
    const joining = this.#members.join({ conversationId, accountId, added, at })
    return publishOnCommit(joining, (joined) => this.#news.joined(joined))
  }
}

const nameOf = (name: string | null): string | null =>
  name === null ? null : newName(name, 'conversationName')

const topicOf = (topic: string | null): string | null => (topic === null ? null : newTopic(topic))

const namelessInDirectory = (): ChatError =>
  new ChatError('name_refused', { field: 'conversationName', fault: 'blank' })
