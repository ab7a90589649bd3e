import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../lib/clock.ts'
import type { OwnReaction, Reacted, ReactionStore, Standing, Wish } from '../store/store.ts'
import { Coalescer } from './coalescer.ts'
import { ChatError } from './errors.ts'
import { conversationTopic } from './events.ts'
import { requireMayUnblocked } from './policy.ts'
import { publishOnCommit } from './publish-on-commit.ts'
import type { AccountId, ConversationId, Reaction, Sender } from './types.ts'

/** A message's reactions once a wish has been granted. */
interface Outcome {
  readonly seq: number
  readonly version: number
  readonly reactions: readonly Reaction[]
}

interface Place {
  readonly conversationId: ConversationId
  readonly seq: number
}

const MAX_KEY_BYTES = 64

/** How long the reactions to a message wait for one another, after one that was written at once. */
export const REACTION_WINDOW_MS = 250

/** Most that wait for one message, and messages with a window; one more is refused 'busy'. */
const MAX_WAITING = 1_000
const MAX_WINDOWS = 10_000

/** Reactions to messages. */
export class Reactions {
  readonly #store: ReactionStore
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #coalescer: Coalescer<Place, Wish, Reacted>

  constructor(store: ReactionStore, bus: Bus, clock: Clock) {
    this.#store = store
    this.#bus = bus
    this.#clock = clock
    this.#coalescer = new Coalescer((place, wishes) => this.#write(place, wishes), {
      ...{ windowMs: REACTION_WINDOW_MS, maxWaiting: MAX_WAITING, maxWindows: MAX_WINDOWS },
      keyOf: ({ conversationId, seq }) => `${conversationId} ${seq}`,
    })
  }

  /**
   * The first reaction to a message is written at once; those of the next 250 ms at this node are one write and one
   * change, and are answered then. As it is already, nothing changes. Refuses 'not_a_member', 'message_refused',
   * 'unknown_message', 'reaction_refused', 'busy'.
   */
  put(reactor: Sender, standing: Standing, reaction: { seq: number; key: string }): Promise<Outcome> {
    return this.#react(reactor, standing, { ...reaction, isAdded: true })
  }

  /** As `put`. */
  remove(reactor: Sender, standing: Standing, reaction: { seq: number; key: string }): Promise<Outcome> {
    return this.#react(reactor, standing, { ...reaction, isAdded: false })
  }

  /** The account's own among the messages of those places. */
  listOwn(
    accountId: AccountId,
    conversationId: ConversationId,
    places: { first: number; last: number },
  ): Promise<readonly OwnReaction[]> {
    return this.#store.listOwn(accountId, conversationId, places)
  }

  async #react(
    { accountId }: Sender,
    standing: Standing,
    { seq, key, isAdded }: { seq: number; key: string; isAdded: boolean },
  ): Promise<Outcome> {
    requireMayUnblocked('react', standing)
    requireFits(key)
    const { conversationId } = standing.conversation
    const wish: Wish = { accountId, key, isAdded, at: this.#clock.nowMicros() }
    const { result, place } = await this.#coalescer.ask({ conversationId, seq }, wish)
    const refusal = result.refusals[place]
    if (refusal) throw new ChatError(refusal, { conversationId, seq })
    return { seq, version: result.change, reactions: result.reactions }
  }

  #write({ conversationId, seq }: Place, wishes: readonly Wish[]): Promise<Reacted> {
    const applying = this.#store.apply({ conversationId, seq, wishes })
    return publishOnCommit(applying, ({ change, isNew, reactions, by }) => {
      if (!isNew) return
      this.#bus.publish(conversationTopic(conversationId), {
        ...{ type: 'message.reacted', conversationId, change, seq, version: change, reactions, by },
      })
    })
  }
}

/** Clients take these out of an address that ends with them, however they are written there. */
const DOTS: readonly string[] = ['.', '..']

function requireFits(key: string): void {
  if (DOTS.includes(key)) throw new ChatError('reaction_refused', { key })
  if (key === '' || key.includes('\0') || Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new ChatError('reaction_refused', { maxBytes: MAX_KEY_BYTES })
}
