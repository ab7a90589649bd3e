import type { Bus, Unsubscribe } from '../bus/bus.ts'
import { type Clock, MICROS_PER_SECOND, type Micros } from '../lib/clock.ts'
import { owned } from '../lib/guard.ts'
import { runAfter } from '../lib/timers.ts'
import type { ContactStore, Standing } from '../store/store.ts'
import { isStoreFailure } from './errors.ts'
import { type AccountEvent, accountTopic, type TypingNews, typingTopic } from './events.ts'
import type { Messages } from './messages.ts'
import { requireMaySend } from './policy.ts'
import { type AccountId, type ConversationId, type Sender, toSender } from './types.ts'

/** How long typing lasts without being repeated: a node that dies need not say that its typists stopped. */
export const TYPING_LEASE_MS = 6_000

/** A repetition within this time is not published. */
const QUIET_MICROS = 2 * MICROS_PER_SECOND

interface Spell {
  readonly publishedAt: Micros
  readonly lease: NodeJS.Timeout
  /** Counts the looks at who is blocked: only the last one is published. */
  looks: number
}

/** An account that types at this node, in at least one conversation. */
interface Typist {
  readonly sender: Sender
  readonly spells: Map<ConversationId, Spell>
  readonly unsubscribe: Unsubscribe
}

interface TypingParts {
  readonly bus: Bus
  readonly clock: Clock
  readonly contacts: Pick<ContactStore, 'blockedMembers'>
  readonly messages: Pick<Messages, 'onSentHere'>
}

/** The accounts that are writing a message right now. Live state, never stored: followers hold each typist's lease. */
export class Typing {
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #contacts: TypingParts['contacts']
  /** Typists at this node that have neither stopped nor fallen silent. */
  readonly #typists = new Map<AccountId, Typist>()

  constructor({ bus, clock, contacts, messages }: TypingParts) {
    this.#bus = bus
    this.#clock = clock
    this.#contacts = contacts
    messages.onSentHere(({ conversationId, message }) => {
      if (this.#typists.size > 0) this.end(message.sender, conversationId)
    })
  }

  /**
   * The account types there. Call it at each keystroke or every 3 s: without a word it ends within TYPING_LEASE_MS.
   * Throws what `Messages.send` would refuse: 'not_a_member', 'message_refused'. Resolves once it is published. It is
   * not published while the store fails, because nobody knows then whom the typist has blocked.
   */
  begin(account: Sender, standing: Standing): Promise<void> {
    requireMaySend(standing)
    const { conversationId } = standing.conversation
    const typist = this.#typists.get(account.accountId) ?? this.#open(toSender(account))
    const known = typist.spells.get(conversationId)
    const now = this.#clock.nowMicros()
    // Negative when the clock was set back meanwhile.
    const quiet = known ? now - known.publishedAt : QUIET_MICROS
    if (quiet >= 0 && quiet < QUIET_MICROS) return Promise.resolve()
    clearTimeout(known?.lease)
    const lease = runAfter(TYPING_LEASE_MS, () => this.#forget(typist, conversationId)).unref()
    typist.spells.set(conversationId, { publishedAt: now, lease, looks: 0 })
    return this.#tell(typist, conversationId)
  }

  /** The account has stopped without sending; a message of it ends typing too. Does nothing if it did not type here. */
  end({ accountId }: Sender, conversationId: ConversationId): void {
    const typist = this.#typists.get(accountId)
    const spell = typist?.spells.get(conversationId)
    if (!typist || !spell) return
    clearTimeout(spell.lease)
    this.#forget(typist, conversationId)
    this.#publish({ type: 'typing.ended', conversationId, typist: typist.sender })
  }

  #open(sender: Sender): Typist {
    const { accountId } = sender
    const unsubscribe = this.#bus.subscribe(accountTopic(accountId), (news) => this.#hear(accountId, news))
    const typist: Typist = { sender, spells: new Map(), unsubscribe }
    this.#typists.set(accountId, typist)
    return typist
  }

  #forget({ sender, spells, unsubscribe }: Typist, conversationId: ConversationId): void {
    spells.delete(conversationId)
    if (spells.size > 0) return
    this.#typists.delete(sender.accountId)
    unsubscribe()
  }

  /** Tells anew when the typist blocks somebody, or no longer does. */
  #hear(accountId: AccountId, news: AccountEvent): void {
    const typist = this.#typists.get(accountId)
    if (!typist || news.type !== 'account.changed' || news.kind !== 'block') return
    for (const conversationId of typist.spells.keys()) owned('task', this.#tell(typist, conversationId))
  }

  async #tell(typist: Typist, conversationId: ConversationId): Promise<void> {
    const { sender, spells } = typist
    const spell = spells.get(conversationId)
    if (!spell) return
    const look = ++spell.looks
    const hiddenFrom = await this.#blockedMembers(sender.accountId, conversationId)
    // It may have ended meanwhile, or a later look may have begun.
    if (!hiddenFrom || spells.get(conversationId) !== spell || spell.looks !== look) return
    const news = { type: 'typing.began', conversationId, typist: sender } as const
    this.#publish(hiddenFrom.length === 0 ? news : { ...news, hiddenFrom })
  }

  async #blockedMembers(
    accountId: AccountId,
    conversationId: ConversationId,
  ): Promise<readonly AccountId[] | undefined> {
    try {
      return await this.#contacts.blockedMembers(accountId, conversationId)
    } catch (error) {
      if (isStoreFailure(error)) return undefined
      throw error
    }
  }

  #publish(news: TypingNews): void {
    this.#bus.publish(typingTopic(news.conversationId), news)
  }
}
