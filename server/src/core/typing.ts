import type { Bus } from '../bus/bus.ts'
import { type Clock, MICROS_PER_SECOND, type Micros } from '../lib/clock.ts'
import { runAfter } from '../lib/timers.ts'
import type { Standing } from '../store/store.ts'
import { type TypingEvent, typingTopic } from './events.ts'
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
}

/** The accounts that are writing a message right now. Live state, never stored: followers hold each typist's lease. */
export class Typing {
  readonly #bus: Bus
  readonly #clock: Clock
  /** Typists at this node that have neither stopped nor fallen silent. */
  readonly #spells = new Map<string, Spell>()

  constructor(bus: Bus, clock: Clock, messages: Pick<Messages, 'onSentHere'>) {
    this.#bus = bus
    this.#clock = clock
    messages.onSentHere(({ conversationId, message }) => {
      if (this.#spells.size > 0) this.end(message.sender, conversationId)
    })
  }

  /**
   * The account types there. Call it at each keystroke or every 3 s: without a word it ends within
   * TYPING_LEASE_MS. Refuses what `Messages.send` would: 'not_a_member', 'message_refused'.
   */
  begin(account: Sender, standing: Standing): void {
    requireMaySend(standing)
    const { conversationId } = standing.conversation
    const key = keyOf(conversationId, account.accountId)
    const now = this.#clock.nowMicros()
    const spell = this.#spells.get(key)
    // Negative when the clock was set back meanwhile.
    const quiet = spell ? now - spell.publishedAt : QUIET_MICROS
    if (quiet >= 0 && quiet < QUIET_MICROS) return
    clearTimeout(spell?.lease)
    const lease = runAfter(TYPING_LEASE_MS, () => this.#spells.delete(key)).unref()
    this.#spells.set(key, { publishedAt: now, lease })
    this.#publish('typing.began', conversationId, account)
  }

  /** The account has stopped without sending; a message of it ends typing too. Does nothing if it did not type here. */
  end(account: Sender, conversationId: ConversationId): void {
    const key = keyOf(conversationId, account.accountId)
    const spell = this.#spells.get(key)
    if (!spell) return
    clearTimeout(spell.lease)
    this.#spells.delete(key)
    this.#publish('typing.ended', conversationId, account)
  }

  #publish(type: TypingEvent['type'], conversationId: ConversationId, account: Sender): void {
    this.#bus.publish(typingTopic(conversationId), { type, conversationId, typist: toSender(account) })
  }
}

const keyOf = (conversationId: ConversationId, accountId: AccountId): string =>
  `${conversationId} ${accountId}`
