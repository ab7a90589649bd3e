import { type Bus, type Topic, topic, type Unsubscribe } from '../bus/bus.ts'
import type { Frame, Sink } from '../delivery/index.ts'
import { owned } from '../lib/guard.ts'
import { unreachable } from '../lib/unreachable.ts'
import type { Logger } from '../observe/index.ts'
import { type ChannelEvent, channelTopicName } from './channel-event.ts'
import { channelKind, isCacheChannel } from './channel-name.ts'
import { EventCache } from './event-cache.ts'
import { Fanout } from './fanout.ts'
import { memberAddedFrame, memberEventFrame, memberRemovedFrame, pusherFrame } from './frames.ts'
import type { Occupancy } from './occupancy.ts'
import { Roster, type RosterChange } from './roster.ts'

/** News between nodes about one channel. */
type ChannelNews = ChannelEvent | RosterChange

const channelTopic = (channel: string): Topic<ChannelNews> => topic(channelTopicName(channel))

/**
 * Called before the first subscriber is confirmed, and after the last has left. The first subscriber waits for a
 * returned promise, and is refused when that rejects.
 */
export type OccupancyListener = (channel: string, isOccupied: boolean) => void | Promise<void>

/** Follows the events of the channels that are open here. */
interface EventListener {
  heard(channel: string, event: ChannelEvent): void
  /** Called when events of other nodes may have been missed, or a node has died. */
  renewed(channel: string): void
}

/** A channel that somebody on this node is subscribed to, or is about to be. */
export interface OpenChannel {
  readonly name: string
  readonly fanout: Fanout
  /** On presence channels. */
  readonly roster?: Roster
  /** Events arrive, and the roster is read. */
  readonly ready: Promise<void>
}

interface Entry extends OpenChannel {
  holders: number
  readonly unsubscribe: Unsubscribe
}

const NOBODY = new Fanout()

/** The channels of this node. Each listens to the bus only while it is held. */
export class Channels {
  readonly cache: EventCache
  readonly #bus: Bus
  readonly #occupancy: Occupancy
  readonly #log: Logger
  readonly #open = new Map<string, Entry>()
  readonly #listeners: OccupancyListener[] = []
  readonly #eventListeners: EventListener[]

  constructor(bus: Bus, occupancy: Occupancy, log: Logger) {
    this.#bus = bus
    this.#occupancy = occupancy
    this.#log = log
    this.cache = new EventCache(bus, log)
    this.#eventListeners = [this.cache]
  }

  onEvent(listener: EventListener): void {
    this.#eventListeners.push(listener)
  }

  onOccupancy(listener: OccupancyListener): void {
    this.#listeners.push(listener)
  }

  /** To be released as often as it was held. */
  hold(name: string): OpenChannel {
    const entry = this.#open.get(name) ?? this.#enter(name)
    entry.holders++
    return entry
  }

  release({ name }: OpenChannel): void {
    const entry = this.#open.get(name)
    if (!entry || --entry.holders > 0) return
    this.#open.delete(name)
    entry.unsubscribe()
    for (const listener of this.#listeners) owned('task', this.#tellVacated(listener, name))
  }

  /** Publishes an event of the application, which a cache channel keeps for later subscribers. */
  trigger(name: string, event: ChannelEvent): void {
    this.publish(name, isCacheChannel(name) ? this.cache.keep(name, event) : event)
  }

  publish(name: string, news: ChannelNews): void {
    this.#bus.publish(channelTopic(name), news)
  }

  deliver(name: string, frame: Frame): void {
    this.#open.get(name)?.fanout.send(frame)
  }

  sink(name: string): Sink {
    return {
      push: (batch) => (this.#open.get(name)?.fanout ?? NOBODY).push(batch),
      send: (frame) => this.deliver(name, frame),
    }
  }

  countHere(name: string): number {
    return this.#open.get(name)?.fanout.size ?? 0
  }

  /** Tells subscribers of members whose coming or going this node missed. */
  async mendRosters(): Promise<void> {
    for (const { name, fanout, roster } of this.#open.values()) await this.#mend(name, fanout, roster)
  }

  async #mend(name: string, fanout: Fanout, roster: Roster | undefined): Promise<void> {
    if (!roster) return
    const missed = await roster.missed(() => this.#occupancy.members(name))
    for (const change of missed) applyChange(name, fanout, roster, change)
  }

  async #mendAfterOutage(name: string, fanout: Fanout, roster: Roster | undefined): Promise<void> {
    try {
      await this.#occupancy.settled()
      await this.#mend(name, fanout, roster)
      this.#renewed(name)
    } catch (err) {
      this.#log.warn({ err }, 'members were not compared')
    }
  }

  #renewed(name: string): void {
    for (const listener of this.#eventListeners) listener.renewed(name)
  }

  #enter(name: string): Entry {
    const fanout = new Fanout()
    const roster = channelKind(name) === 'presence' ? new Roster() : undefined
    // Listens before it reads: what happens in between is in both, never in neither.
    const topic = channelTopic(name)
    const unsubscribe = this.#bus.subscribe(
      topic,
      (news) => {
        if (news.type === 'event') for (const listener of this.#eventListeners) listener.heard(name, news)
        receive(name, fanout, roster, news)
      },
      (why) => {
        if (why === 'resumed') owned('task', this.#mendAfterOutage(name, fanout, roster))
        else if (why === 'bereaved') this.#renewed(name)
      },
    )
    const settled = this.#bus.settled(topic)
    const waits = this.#listeners.map(async (listener) => listener(name, true))
    if (roster) waits.push(settled.then(() => roster.load(() => this.#occupancy.members(name))))
    waits.push(settled)
    const ready = Promise.all(waits).then(() => undefined)
    // Every subscriber awaits it, and is refused if it fails; should none get that far, the failure is nobody's.
    ready.catch(() => undefined)
    const entry = { name, fanout, ...(roster && { roster }), ready, unsubscribe, holders: 0 }
    this.#open.set(name, entry)
    return entry
  }

  async #tellVacated(listener: OccupancyListener, name: string): Promise<void> {
    try {
      await listener(name, false)
    } catch (err) {
      this.#log.error({ err }, 'an occupancy listener failed')
    }
  }
}

function receive(name: string, fanout: Fanout, roster: Roster | undefined, news: ChannelNews): void {
  switch (news.type) {
    case 'event':
      fanEvent(name, fanout, news)
      return
    case 'member_added':
    case 'member_removed':
      if (roster) applyChange(name, fanout, roster, news)
      return
    default:
      unreachable(news)
  }
}

function fanEvent(name: string, fanout: Fanout, news: ChannelEvent): void {
  if (fanout.size === 0) return
  const { event, data, exceptSocketId, userId, cacheId, originId } = news
  const frame =
    userId === undefined ? pusherFrame(event, name, data) : memberEventFrame(event, name, data, userId)
  if (exceptSocketId === undefined && cacheId === undefined) fanout.send(frame)
  else {
    fanout.sendExcept(
      frame,
      (each) => each.socketId === exceptSocketId || (cacheId !== undefined && each.cacheId === cacheId),
      originId,
    )
  }
}

function applyChange(name: string, fanout: Fanout, roster: Roster, change: RosterChange): void {
  if (!roster.apply(change)) return
  const frame =
    change.type === 'member_added'
      ? memberAddedFrame(name, change.userId, change.info)
      : memberRemovedFrame(name, change.userId)
  // A user does not hear of its own going: it may have come back on another connection meanwhile.
  fanout.sendExcept(frame, ({ member }) => member?.userId === change.userId, change.originId)
}
