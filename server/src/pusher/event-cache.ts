import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { type Bus, type Kept, type Topic, topic } from '../bus/bus.ts'
import { runNextTurn } from '../lib/timers.ts'
import { type ChannelEvent, channelTopicName } from './channel-event.ts'
import { QUOTAS } from './quotas.ts'

/** The topic has the name of the one on which the event is told: so the event is kept before it travels. */
const keptOf = (channel: string): Topic<ChannelEvent> => topic(channelTopicName(channel))

/** A question for the last event of a channel, and what was heard of the channel since it was asked. */
interface Lookup {
  readonly answered: Promise<void>
  event: ChannelEvent | undefined
  isOvertaken: boolean
}

/**
 * The last event of each cache channel, for those who subscribe. It lies where all nodes find it. What a node hears
 * while it asks is newer than the answer.
 */
export class EventCache {
  readonly #bus: Bus
  readonly #log: Logger
  readonly #lookups = new Map<string, Lookup>()

  constructor(bus: Bus, log: Logger) {
    this.#bus = bus
    this.#log = log
  }

  /** To be called before the event is published, with what it answers. */
  keep(channel: string, event: ChannelEvent): ChannelEvent {
    const kept = { ...event, cacheId: randomUUID() }
    this.#bus.keep(keptOf(channel), kept, QUOTAS.cachedEventMs)
    return kept
  }

  /** An event of the channel has come to this node. */
  heard(channel: string, event: ChannelEvent): void {
    const lookup = event.cacheId === undefined ? undefined : this.#lookups.get(channel)
    if (!lookup) return
    lookup.event = event
    lookup.isOvertaken = true
  }

  /** Nothing is held here that could be out of date. */
  renewed(): void {}

  /**
   * The last event of a channel that this node listens to. It holds until the end of the turn in which it is read
   * from the answer. Those who ask at once share one question.
   */
  async lookUp(channel: string): Promise<Pick<Lookup, 'event'>> {
    const lookup = this.#lookups.get(channel) ?? this.#ask(channel)
    await lookup.answered
    return lookup
  }

  find(channel: string): Promise<Kept<ChannelEvent> | undefined> {
    return this.#bus.kept(keptOf(channel))
  }

  #ask(channel: string): Lookup {
    const { promise: answered, resolve } = Promise.withResolvers<void>()
    const lookup: Lookup = { answered, event: undefined, isOvertaken: false }
    this.#lookups.set(channel, lookup)
    this.find(channel)
      .then(
        (kept) => {
          if (!lookup.isOvertaken) lookup.event = kept?.news
        },
        (err) => this.#log.warn({ err }, 'the last event of a channel is not known'),
      )
      .finally(() => {
        resolve()
        // Those who asked read it in the turn of the answer: until then, what is heard is put into it.
        runNextTurn(() => this.#lookups.delete(channel))
      })
    return lookup
  }
}
