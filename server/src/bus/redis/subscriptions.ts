import { guarded } from '../../lib/guard.ts'
import { runAfter } from '../../lib/timers.ts'
import type { TopicListeners } from '../topic-listeners.ts'
import type { RedisLink } from './link.ts'
import type { Names } from './names.ts'
import { type Parcel, unpack } from './parcel.ts'
import { EVERYTHING } from './topic-set.ts'
import type { Wire } from './wire.ts'

/** How long a topic stays subscribed to after its last listener: the next one often comes at once. */
const LINGER_MS = 1_000
/** Topics subscribed to at a time, of hundreds of thousands: Redis answers pings in between, and no queue fills up. */
const AT_ONCE = 1_000

interface SubscriptionsOptions {
  readonly link: RedisLink
  readonly names: Names
  readonly nodeId: string
  readonly listeners: TopicListeners
  readonly onError: (error: unknown) => void
}

/** This node's subscriptions to other nodes' news. A topic is subscribed to while somebody here listens. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions
  /** Topics subscribed to over the present wire; each resolves when the topic's news arrives, or cannot. */
  readonly #active = new Map<string, Promise<void>>()
  /** Topics wanted since before this wire: some of their news may have been missed. */
  readonly #awaited = new Set<string>()
  /** Large parcels of a topic that are being fetched, and what waits behind them. */
  readonly #fetching = new Map<string, Promise<void>>()

  constructor(options: SubscriptionsOptions) {
    this.#options = options
  }

  /** On a new wire nothing is subscribed to yet. Resolves when all is. */
  async open(): Promise<void> {
    for (const topic of this.#active.keys()) this.#awaited.add(topic)
    this.#active.clear()
    const topics = [...this.#options.listeners.topics(), EVERYTHING]
    for (let from = 0; from < topics.length; from += AT_ONCE) {
      await Promise.all(topics.slice(from, from + AT_ONCE).map((topic) => this.want(topic)))
    }
  }

  want(topic: string): Promise<void> {
    const known = this.#active.get(topic)
    if (known) return known
    const { wire } = this.#options.link
    if (!wire) {
      this.#awaited.add(topic)
      return Promise.resolve()
    }
    const active = this.#subscribe(wire, topic)
    this.#active.set(topic, active)
    return active
  }

  /** Nobody here listens any more. */
  drop(topic: string): void {
    runAfter(LINGER_MS, () => this.#dropUnlessWanted(topic)).unref()
  }

  async #subscribe(wire: Wire, topic: string): Promise<void> {
    const { link, names, listeners } = this.#options
    try {
      await wire.subscriber.sSubscribe(names.channel(topic), this.#onMessage)
    } catch (error) {
      // On a broken wire it is nothing: the next one subscribes anew.
      if (link.wire === wire) link.fail(error)
      return
    }
    listeners.renew(topic, this.#awaited.delete(topic) ? 'resumed' : 'begun')
  }

  #dropUnlessWanted(topic: string): void {
    const { link, names, listeners } = this.#options
    if (listeners.has(topic)) return
    this.#awaited.delete(topic)
    if (!this.#active.delete(topic)) return
    const { wire } = link
    wire?.subscriber.sUnsubscribe(names.channel(topic), this.#onMessage).catch((error) => {
      if (link.wire === wire) link.fail(error)
    })
  }

  readonly #onMessage = guarded('redis', (text: string, channel: string): void => {
    const { names, nodeId, onError } = this.#options
    try {
      const parcel = unpack(text)
      if (parcel[0] !== nodeId) this.#receive(names.topic(channel), parcel)
    } catch (error) {
      onError(error)
    }
  })

  #receive(topic: string, [, news]: Parcel): void {
    const before = this.#fetching.get(topic)
    if (typeof news !== 'string' && !before) {
      this.#tell(topic, news)
      return
    }
    const fetched = this.#fetchAfter(before, topic, news).finally(() => {
      if (this.#fetching.get(topic) === fetched) this.#fetching.delete(topic)
    })
    this.#fetching.set(topic, fetched)
  }

  async #fetchAfter(before: Promise<void> | undefined, topic: string, news: Parcel[1]): Promise<void> {
    const { link, onError } = this.#options
    const fetching = typeof news === 'string' ? link.wire?.commands.get(news) : undefined
    try {
      const [text] = await Promise.all([fetching, before])
      const whole = typeof text === 'string' ? unpack(text)[1] : undefined
      this.#tell(topic, typeof news === 'string' ? whole : news)
    } catch (error) {
      onError(error)
      this.#tell(topic, undefined)
    }
  }

  #tell(topic: string, news: Parcel[1]): void {
    const { listeners } = this.#options
    if (topic === EVERYTHING) listeners.renewAll(news ? 'bereaved' : 'resumed')
    else if (Array.isArray(news)) for (const each of news) listeners.tell(topic, each)
    else listeners.renew(topic, 'resumed')
  }
}
