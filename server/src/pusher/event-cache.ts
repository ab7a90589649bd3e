import { randomUUID } from 'node:crypto'
import { type Bus, type RetainedNews, type Topic, topic } from '../bus/bus.ts'
import { runNextTurn } from '../lib/timers.ts'
import type { Logger } from '../observe/index.ts'
import { type ChannelEvent, channelTopicName } from './channel-event.ts'
import { QUOTAS } from './quotas.ts'

/** Has the name of the topic on which the event is published, so that the event is kept before it travels. */
const keptOf = (channel: string): Topic<ChannelEvent> => topic(channelTopicName(channel))

/** A question for the last event of a channel, and the newest event that arrived since. */
interface Lookup {
  readonly answered: Promise<void>
  event: ChannelEvent | undefined
  isOvertaken: boolean
}

/**
 * Keeps the last event of each cache channel where all nodes find it, for new subscribers. An event that a node
 * hears while it asks is newer than the answer.
 */
export class EventCache {
  readonly #bus: Bus
  readonly #log: Logger
  readonly #lookups = new Map<string, Lookup>()

  constructor(bus: Bus, log: Logger) {
    this.#bus = bus
    this.#log = log
  }

  /** Must be called before the event is published. Returns the event to publish. */
  keep(channel: string, event: ChannelEvent): ChannelEvent {
    const kept = { ...event, cacheId: randomUUID() }
    this.#bus.keep(keptOf(channel), kept, QUOTAS.cachedEventMs)
    return kept
  }

  /** Notes an event of the channel that has come to this node. */
  heard(channel: string, event: ChannelEvent): void {
    const lookup = event.cacheId === undefined ? undefined : this.#lookups.get(channel)
    if (!lookup) return
    lookup.event = event
    lookup.isOvertaken = true
  }

  /** Does nothing: nothing is held here that could be out of date. */
  renewed(): void {}

  /**
   * The last event of a channel that this node listens to, valid until the end of the turn in which the promise
   * resolves. Calls at the same time share one question.
   */
  async lookUp(channel: string): Promise<Pick<Lookup, 'event'>> {
    const lookup = this.#lookups.get(channel) ?? this.#ask(channel)
    await lookup.answered
    return lookup
  }

  find(channel: string): Promise<RetainedNews<ChannelEvent> | undefined> {
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
        // Callers read the lookup in the turn of the answer: until that turn ends, it takes what is heard.
        runNextTurn(() => this.#lookups.delete(channel))
      })
    return lookup
  }
}
