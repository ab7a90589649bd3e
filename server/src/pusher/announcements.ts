import type { PresenceSets, PresenceShift } from '../bus/bus.ts'
import { owned } from '../lib/guard.ts'
import type { Logger } from '../observe/index.ts'
import { CacheMisses } from './cache-misses.ts'
import { channelKind } from './channel-name.ts'
import { LingeringHolds } from './lingering-holds.ts'
import type { ClientEventHook } from './webhook-event.ts'
import type { Webhooks } from './webhooks.ts'

const OCCUPIED = 'pusher:announced:channels'
const MEMBERS = 'pusher:announced:members:'

interface AnnouncementsDeps {
  readonly sets: PresenceSets
  /** Undefined: nobody is to be told. */
  readonly webhooks: Webhooks | undefined
  readonly lingerMs: number
  readonly log: Logger
}

/**
 * Tells the application of channels and members that come and go, seen over all nodes. Going is told only
 * after a while: who is back within it was never away.
 */
export class Announcements {
  readonly #webhooks: Webhooks | undefined
  readonly #holds: LingeringHolds
  readonly #misses: CacheMisses

  constructor({ sets, webhooks, lingerMs, log }: AnnouncementsDeps) {
    this.#webhooks = webhooks
    this.#holds = new LingeringHolds(sets, lingerMs, log)
    this.#misses = new CacheMisses(sets, log)
  }

  subscribed(channel: string, userId: string | undefined): void {
    const webhooks = this.#webhooks
    if (!webhooks || channelKind(channel) === 'user') return
    this.#holds.hold(OCCUPIED, channel, () => webhooks.add({ name: 'channel_occupied', channel }))
    if (userId === undefined) return
    this.#holds.hold(MEMBERS + channel, userId, () =>
      webhooks.add({ name: 'member_added', channel, user_id: userId }),
    )
  }

  unsubscribed(channel: string, userId: string | undefined): void {
    const webhooks = this.#webhooks
    if (!webhooks || channelKind(channel) === 'user') return
    if (userId !== undefined) {
      this.#holds.release(MEMBERS + channel, userId, () =>
        webhooks.add({ name: 'member_removed', channel, user_id: userId }),
      )
    }
    this.#holds.release(OCCUPIED, channel, () => webhooks.add({ name: 'channel_vacated', channel }))
  }

  /** A node that held channels and members has died, or is back. */
  shifted({ set, member, isPresent, isRepeated }: PresenceShift): void {
    // Once was enough.
    if (isRepeated) return
    if (set === OCCUPIED) {
      this.#webhooks?.add({ name: isPresent ? 'channel_occupied' : 'channel_vacated', channel: member })
    } else if (set.startsWith(MEMBERS)) {
      const channel = set.slice(MEMBERS.length)
      const name = isPresent ? 'member_added' : 'member_removed'
      this.#webhooks?.add({ name, channel, user_id: member })
    }
  }

  /** Tells that a subscriber of a cache channel found no last event. */
  cacheMissed(channel: string): void {
    const webhooks = this.#webhooks
    if (!webhooks) return
    owned(
      'task',
      this.#misses.add(channel, () => webhooks.add({ name: 'cache_miss', channel })),
    )
  }

  subscriptionsCounted(channel: string, count: number): void {
    this.#webhooks?.add({ name: 'subscription_count', channel, subscription_count: count })
  }

  clientEvent(event: Omit<ClientEventHook, 'name'>): void {
    this.#webhooks?.add({ name: 'client_event', ...event })
  }

  /** Releases and announces all lingering holds at once, and stops. */
  async close(): Promise<void> {
    await Promise.all([this.#holds.close(), this.#misses.close()])
    await this.#webhooks?.close()
  }
}
