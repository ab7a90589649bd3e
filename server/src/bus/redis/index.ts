import { randomUUID } from 'node:crypto'
import { owned } from '../../lib/guard.ts'
import { parseRedisAddress } from '../../lib/redis-address.ts'
import { SettingRefusal } from '../../lib/settings.ts'
import { runAfter } from '../../lib/timers.ts'
import type { Bus, Listener, OnRenewed, RetainedNews, Topic, Unsubscribe } from '../bus.ts'
import { TopicListeners } from '../topic-listeners.ts'
import { RedisKept } from './kept.ts'
import { RedisLink } from './link.ts'
import { Names } from './names.ts'
import { Outbox } from './outbox.ts'
import { RedisPresence } from './presence.ts'
import { refusalOf } from './refusals.ts'
import { Subscriptions } from './subscriptions.ts'
import type { Wire } from './wire.ts'

interface RedisBusOptions {
  /** `redis://user:password@host:port/database`, or `rediss:` for TLS. Redis 7 or newer. */
  readonly url: string
  /** Tells this cluster's keys and channels from those of others in the same Redis. */
  readonly cluster: string
  /** A listener has thrown, or Redis has said something that makes no sense. */
  readonly onError: (error: unknown) => void
  /** Redis is out of reach, and tried again until it answers. */
  readonly onDown?: (error: unknown) => void
  /** Called when Redis answers again. */
  readonly onUp?: () => void
}

/** How long an opening bus waits for Redis before it goes on alone. */
const PATIENCE_MS = 1_000

/**
 * News through Redis. TopicListeners of this node are told at once, those of other nodes at the end of the turn.
 * While Redis is out of reach each node goes on alone.
 */
export class RedisBus implements Bus {
  readonly isShared = true
  readonly presence: RedisPresence
  readonly #link: RedisLink
  readonly #listeners: TopicListeners
  readonly #outbox: Outbox
  readonly #kept: RedisKept
  readonly #subscriptions: Subscriptions
  /** Undefined while news travels. */
  #trouble: unknown = new Error('Redis has not answered yet')
  #isReported = false

  /**
   * Connects, or goes on without Redis when it does not answer within a second. Another second may go into a check
   * for TLS on one side only. Throws `SettingRefusal` for a fault that waiting does not mend.
   */
  static async open(options: RedisBusOptions): Promise<RedisBus> {
    const { promise: tried, resolve } = Promise.withResolvers<void>()
    const bus = new RedisBus(options, resolve)
    const timer = runAfter(PATIENCE_MS, resolve)
    await tried
    clearTimeout(timer)
    const refusal = await refusalOf(bus.#obstacle, parseRedisAddress(options.url))
    if (refusal === undefined) return bus
    await bus.close()
    throw new SettingRefusal(refusal)
  }

  private constructor({ url, cluster, onError, onDown, onUp }: RedisBusOptions, onTried: () => void) {
    const names = new Names(cluster)
    const nodeId = randomUUID()
    this.#listeners = new TopicListeners(onError)
    this.presence = new RedisPresence({
      names,
      onError,
      onBuried: () => {
        this.#listeners.renewAll('bereaved')
        this.#outbox.bereave()
      },
    })
    this.#link = new RedisLink({
      address: parseRedisAddress(url),
      onOpen: (wire) => this.#open(wire),
      onAsking: () => {
        const onProven = this.#outbox.beginProof()
        // A primary that lacks its required replicas refuses writes, and may have been replaced by another primary.
        return () => this.presence.refusal === undefined && onProven()
      },
      onUp: () => {
        this.#trouble = undefined
        this.#outbox.poke()
        if (this.#isReported) onUp?.()
        this.#isReported = false
        onTried()
      },
      onDown: (error) => {
        this.#trouble = error
        this.presence.leaveAlone()
        this.#outbox.doubt()
        if (!this.#isReported) onDown?.(error)
        this.#isReported = true
        onTried()
      },
    })
    this.#outbox = new Outbox(this.#link, names, nodeId)
    this.#kept = new RedisKept(this.#link, names)
    this.#subscriptions = new Subscriptions({
      link: this.#link,
      names,
      nodeId,
      listeners: this.#listeners,
      onError,
    })
  }

  publish<T>({ name }: Topic<T>, news: T): void {
    this.#listeners.tell(name, news)
    this.#outbox.push(name, news)
  }

  keep<T>({ name }: Topic<T>, news: T, forMs: number): void {
    this.#kept.keep(name, news, forMs)
  }

  kept<T>({ name }: Topic<T>): Promise<RetainedNews<T> | undefined> {
    return this.#kept.find(name)
  }

  subscribe<T>({ name }: Topic<T>, listener: Listener<T>, onRenewed?: OnRenewed): Unsubscribe {
    // The name fixes the type: only news of this topic is told there.
    const entry = { listener: listener as Listener<unknown>, onRenewed }
    const unsubscribe = this.#listeners.add(name, entry, () => this.#subscriptions.drop(name))
    owned('redis', this.#subscriptions.want(name))
    return unsubscribe
  }

  settled<T>({ name }: Topic<T>): Promise<void> {
    return this.#subscriptions.want(name)
  }

  async ping(): Promise<void> {
    if (this.#obstacle !== undefined) throw this.#obstacle
  }

  get #obstacle(): unknown {
    return this.#trouble ?? this.presence.refusal
  }

  async close(): Promise<void> {
    await Promise.all([this.#outbox.close(), this.presence.close()])
    await this.#link.close()
    this.#listeners.clear()
  }

  async #open({ commands }: Wire): Promise<void> {
    await Promise.all([this.#subscriptions.open(), this.presence.open(commands), this.#kept.open(commands)])
  }
}
