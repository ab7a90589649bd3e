import { owned } from '../lib/guard.ts'
import { runAfter } from '../lib/timers.ts'
import type { Logger } from '../observe/index.ts'
import type { ChannelEvent } from './channel-event.ts'
import { channelKind } from './channel-name.ts'
import type { Occupancy } from './occupancy.ts'

const EVENT = 'pusher_internal:subscription_count'
/** Milliseconds within which changes are told once. */
const GATHER_MS = 100
/**
 * Milliseconds until the next count, for each subscriber that got the last one; at most `CROWD_MS` in all. Clients
 * that come and go cannot cause more than 20 frames a second on a channel. From 100 on that is 5 s, as with hosted
 * Pusher.
 */
const QUIET_MS_EACH = 50
const CROWD_MS = 5_000
/** Milliseconds within which each node counts again at a random time: all notice at once that one has died. */
const RECOUNT_WITHIN_MS = 1_000

interface Told {
  readonly count: number
  readonly atMs: number
}

interface SubscriptionCountsDeps {
  readonly occupancy: Occupancy
  readonly publish: (channel: string, event: ChannelEvent) => void
  /** Tells the application. */
  readonly announce: (channel: string, count: number) => void
  readonly log: Logger
}

/**
 * Tells subscribers and the application how many subscriptions a channel has, over all nodes, when that changes. It
 * tells nothing of presence channels: they have members.
 */
export class SubscriptionCounts {
  readonly #deps: SubscriptionCountsDeps
  readonly #timers = new Map<string, NodeJS.Timeout>()
  /** The last count of each channel that has subscribers on this node. */
  readonly #told = new Map<string, Told>()

  constructor(deps: SubscriptionCountsDeps) {
    this.#deps = deps
  }

  /** Counts again: a subscription of this node has begun or ended. */
  changed(channel: string): void {
    const kind = channelKind(channel)
    if (kind === 'presence' || kind === 'user' || this.#timers.has(channel)) return
    const told = this.#told.get(channel)
    const quietMs = told ? told.atMs + Math.min(CROWD_MS, told.count * QUIET_MS_EACH) - performance.now() : 0
    // Tell even a count that has not changed: the new subscriber has not heard it.
    this.#countIn(Math.max(GATHER_MS, quietMs), channel, () => true)
  }

  /** Counts again: subscriptions may have gone with a node, or their changes been missed. One node tells the others. */
  renewed(channel: string): void {
    if (!this.#told.has(channel) || this.#timers.has(channel)) return
    const isNews = (count: number) => count !== this.#told.get(channel)?.count
    this.#countIn(Math.random() * RECOUNT_WITHIN_MS, channel, isNews)
  }

  /** Notes an event that has come to this node, which may be the count that another node has told. */
  heard(channel: string, { event, data }: ChannelEvent): void {
    if (event !== EVENT) return
    const count = Number(/\d+/.exec(data)?.[0] ?? 0)
    this.#told.set(channel, { count, atMs: performance.now() })
  }

  /** Called when nobody on this node is subscribed any more. */
  forget(channel: string): void {
    this.#told.delete(channel)
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  #countIn(ms: number, channel: string, isNews: (count: number) => boolean): void {
    const timer = runAfter(ms, () => {
      this.#timers.delete(channel)
      owned('task', this.#count(channel, isNews))
    })
    this.#timers.set(channel, timer.unref())
  }

  async #count(channel: string, isNews: (count: number) => boolean): Promise<void> {
    const { occupancy, publish, announce, log } = this.#deps
    try {
      const count = await occupancy.countSubscriptions(channel)
      if (!isNews(count)) return
      const data = JSON.stringify({ subscription_count: count })
      if (count > 0) publish(channel, { type: 'event', event: EVENT, data })
      announce(channel, count)
    } catch (err) {
      log.warn({ err }, 'subscriptions were not counted')
    }
  }
}
