import { owned } from '../lib/guard.ts'
import { KeyedQueue } from '../lib/keyed-queue.ts'
import type { Logger } from '../observe/index.ts'
import { costOfText, type Limits } from '../transport/index.ts'
import type { Announcements } from './announcements.ts'
import type { ChannelEvent } from './channel-event.ts'
import { isCacheChannel } from './channel-name.ts'
import type { Channels, OpenChannel } from './channels.ts'
import type { Connection } from './connection.ts'
import { PusherError, SubscriptionError } from './errors.ts'
import type { Subscriber } from './fanout.ts'
import { cacheMissFrame, presenceSubscribedFrame, pusherFrame, subscribedFrame } from './frames.ts'
import type { Occupancy } from './occupancy.ts'
import { originOf, type Pushes, senderOf } from './pushes.ts'
import { QUOTAS } from './quotas.ts'
import type { Subscription } from './subscription.ts'
import type { SubscriptionCounts } from './subscription-counts.ts'
import type { Member } from './wire.ts'

interface SubscriptionsDeps {
  readonly channels: Channels
  readonly occupancy: Occupancy
  readonly announcements: Announcements
  /** Undefined when subscription counts are off. */
  readonly counts: Pick<SubscriptionCounts, 'changed'> | undefined
  readonly limits: Pick<Limits, 'charge' | 'mayHold' | 'hold' | 'letGo'>
  readonly pushes: Pushes
  readonly log: Logger
}

/** The coming and going of a member as a part of the client event that it would be. */
const ARRIVAL = 0.5

/** Subscribes and unsubscribes connections. A subscriber sees its own subscription before any event. */
export class Subscriptions {
  readonly #deps: SubscriptionsDeps
  // Comings and goings on a presence channel happen one after another, so that their news do too.
  readonly #presence = new KeyedQueue<string>()
  // Goings whose connection no longer waits for them: one a subscription at most.
  readonly #leaving = new Set<Promise<void>>()

  constructor(deps: SubscriptionsDeps) {
    this.#deps = deps
  }

  async subscribe(connection: Connection, name: string, member: Member | undefined): Promise<void> {
    if (connection.subscriptions.has(name)) {
      throw new PusherError(null, `Existing subscription to channel ${name}`)
    }
    if (connection.subscriptions.size >= QUOTAS.subscriptionsPerConnection) {
      throw new SubscriptionError(name, 'LimitReached', 'Too many subscriptions on this connection')
    }
    if (!this.#deps.limits.mayHold('subscription', connection.address)) {
      throw new SubscriptionError(name, 'LimitReached', 'Too many subscriptions from this address')
    }
    const channel = this.#deps.channels.hold(name)
    try {
      await channel.ready
      if (member) await this.#presence.run(name, () => this.#joinAsMember(connection, channel, member))
      else await this.#join(connection, channel)
    } catch (err) {
      if (err instanceof PusherError) throw err
      this.#deps.log.error({ err, requestId: connection.requestId }, 'a channel could not be prepared')
      throw new SubscriptionError(name, 'Unavailable', 'The channel is not available now; try again')
    } finally {
      // A subscription holds the channel itself.
      this.#deps.channels.release(channel)
    }
  }

  /** False when it was not subscribed. */
  async unsubscribe(connection: Connection, name: string): Promise<boolean> {
    const subscription = connection.subscriptions.get(name)
    if (!subscription) return false
    connection.subscriptions.delete(name)
    await this.#leave(subscription, connection)
    return true
  }

  /** For a connection that is gone. */
  dropAll(connection: Connection): void {
    for (const subscription of connection.subscriptions.values()) {
      const leaving = this.#leave(subscription, connection)
      this.#leaving.add(leaving)
      owned(
        'task',
        leaving.finally(() => this.#leaving.delete(leaving)),
        connection,
      )
    }
    connection.subscriptions.clear()
  }

  /** Resolves when those that were dropped are off the shared sets. */
  async settled(): Promise<void> {
    await Promise.all(this.#leaving)
  }

  async #join(connection: Connection, channel: OpenChannel): Promise<void> {
    const { occupancy, log } = this.#deps
    const { requestId } = connection
    const isCounted = await occupancy.enter(channel.name).then(
      () => true,
      (err) => {
        // Events arrive without the shared sets: only counts are wrong while they are away.
        log.warn({ err, requestId }, 'a subscription is not counted')
        return false
      },
    )
    const first = await this.#firstEvent(channel.name)
    const subscriber = subscriberOf(connection, first)
    const subscription = { channel, subscriber, isCounted }
    this.#admit(connection, subscription, first)
    if (connection.isClosed) await this.unsubscribe(connection, channel.name)
  }

  async #joinAsMember(connection: Connection, channel: OpenChannel, member: Member): Promise<void> {
    const { occupancy, channels, pushes } = this.#deps
    const { name } = channel
    if (await this.#isFull(name, member.userId)) {
      throw new SubscriptionError(name, 'LimitReached', 'The presence channel has as many members as it may')
    }
    const sender = senderOf(connection, member.userId)
    if (!pushes.mayPush(sender)) {
      throw new SubscriptionError(name, 'LimitReached', 'Too many members come and go; try again later')
    }
    const isNew = await occupancy.addMember(name, member)
    if (isNew) pushes.charge(sender, ARRIVAL * costOfText(member.userId + member.info))
    else await occupancy.describeMember(name, member)
    await occupancy.enter(name)
    const first = await this.#firstEvent(name)
    const subscriber = { ...subscriberOf(connection, first), member, originId: originOf(sender) }
    const subscription = { channel, subscriber, isCounted: true }
    this.#admit(connection, subscription, first)
    // Publish it of a known user too, whose information may be new: subscribers are told only of one who has come.
    channels.publish(name, { type: 'member_added', ...member, originId: originOf(sender) })
    if (!connection.isClosed) return
    connection.subscriptions.delete(name)
    this.#detach(subscription)
    await this.#leaveSets(subscription, connection)
  }

  /** The event that a cache channel begins with. No `await` may lie between the answer and the admission. */
  async #firstEvent(name: string): Promise<ChannelEvent | undefined> {
    if (!isCacheChannel(name)) return undefined
    const lookup = await this.#deps.channels.cache.lookUp(name)
    return lookup.event
  }

  /** From here to the end of the turn nothing comes between the confirmation and the first event. */
  #admit(connection: Connection, subscription: Subscription, first: ChannelEvent | undefined): void {
    const { channel, subscriber } = subscription
    const { name, fanout, roster } = channel
    this.#deps.channels.hold(name)
    this.#deps.limits.hold('subscription', subscriber.address)
    connection.subscriptions.set(name, subscription)
    connection.send(
      subscriber.member
        ? presenceSubscribedFrame(name, withSelf(roster?.members, subscriber.member))
        : subscribedFrame(name),
    )
    if (first) this.#sendFirst(connection, name, first)
    else if (isCacheChannel(name)) this.#tellMiss(connection, name)
    fanout.add(subscriber)
    this.#deps.announcements.subscribed(name, subscriber.member?.userId)
    this.#deps.counts?.changed(name)
  }

  /** Charges for the event by its length: a few bytes ask for it, as often as one subscribes. */
  #sendFirst(connection: Connection, name: string, { event, data }: ChannelEvent): void {
    connection.send(pusherFrame(event, name, data))
    this.#deps.limits.charge('command', connection.socketId, data.length / 1024)
  }

  #tellMiss(connection: Connection, name: string): void {
    connection.send(cacheMissFrame(name))
    this.#deps.announcements.cacheMissed(name)
  }

  async #isFull(name: string, userId: string): Promise<boolean> {
    const { occupancy } = this.#deps
    if ((await occupancy.countUsers(name)) < QUOTAS.membersPerChannel) return false
    return !(await occupancy.isMember(name, userId))
  }

  async #leave(subscription: Subscription, connection: Connection): Promise<void> {
    this.#detach(subscription)
    const leave = () => this.#leaveSets(subscription, connection)
    if (subscription.subscriber.member) await this.#presence.run(subscription.channel.name, leave)
    else await leave()
  }

  #detach({ channel, subscriber }: Subscription): void {
    channel.fanout.remove(subscriber)
    this.#deps.channels.release(channel)
    this.#deps.limits.letGo('subscription', subscriber.address)
    this.#deps.announcements.unsubscribed(channel.name, subscriber.member?.userId)
  }

  /** Never rejects: what the shared sets do not hear now, they forget with this node's lease. */
  async #leaveSets(
    { channel, subscriber, isCounted }: Subscription,
    { requestId }: Connection,
  ): Promise<void> {
    const { occupancy, channels, counts, log } = this.#deps
    const { name } = channel
    const userId = subscriber.member?.userId
    try {
      if (isCounted) await occupancy.leave(name)
      counts?.changed(name)
      if (userId === undefined || !(await occupancy.removeMember(name, userId))) return
      channels.publish(name, { type: 'member_removed', userId, originId: subscriber.originId })
    } catch (err) {
      log.warn({ err, requestId }, 'an unsubscription is not counted')
    }
  }
}

function subscriberOf(connection: Connection, first?: ChannelEvent): Subscriber {
  const { socketId, address, sink } = connection
  const cacheId = first?.cacheId
  return {
    socketId,
    address,
    sink,
    originId: originOf(senderOf(connection, undefined)),
    ...(cacheId !== undefined && { cacheId }),
  }
}

function withSelf(known: ReadonlyMap<string, string> | undefined, member: Member): Map<string, string> {
  // The roster may not have heard yet of the member's own arrival, or of its new information.
  return new Map(known).set(member.userId, member.info)
}
