import { randomUUID } from 'node:crypto'
import { owned } from '../../lib/guard.ts'
import { runNextTurn } from '../../lib/timers.ts'
import type { RedisLink } from './link.ts'
import type { Names } from './names.ts'
import { pack } from './parcel.ts'
import { EVERYTHING, TopicSet } from './topic-set.ts'

/** Past it a parcel is stored once and fetched, so that no subscriber's buffer holds it many times. */
export const MAX_PARCEL_BYTES = 64 * 1024
/** How long one that is stored may be fetched. */
const STORED_MS = 60_000
/** On their way and not taken yet; what comes on top is not sent, and its topic poked later. */
const MAX_UNSENT_BYTES = 32 * 1024 * 1024

/** News of this node on its way to the others: what a turn says of one topic is one command. */
export class Outbox {
  readonly #link: RedisLink
  readonly #names: Names
  readonly #nodeId: string
  #pending = new Map<string, unknown[]>()
  #unsentBytes = 0
  /** Commands that Redis has not answered. */
  #unanswered = 0
  #onAnswered: (() => void) | undefined
  /** Topics to poke once there is a wire. */
  readonly #missed = new TopicSet()
  /** Topics sent since the last ping, and (`#proving`) before it, while no answer proves that they were passed on. */
  #unproven = new TopicSet()
  #proving = new TopicSet()

  constructor(link: RedisLink, names: Names, nodeId: string) {
    this.#link = link
    this.#names = names
    this.#nodeId = nodeId
  }

  push(topic: string, news: unknown): void {
    const pending = this.#pending.get(topic)
    if (pending) {
      pending.push(news)
      return
    }
    if (this.#pending.size === 0) runNextTurn(() => this.flush())
    this.#pending.set(topic, [news])
  }

  /** Tells the others that a node has died. */
  bereave(): void {
    this.push(EVERYTHING, 'bereaved')
  }

  flush(): void {
    const pending = this.#pending
    this.#pending = new Map()
    for (const [topic, news] of pending) owned('redis', this.#send(topic, news))
  }

  /** Resolves when Redis has taken what was said so far, or is lost. */
  async close(): Promise<void> {
    this.flush()
    if (this.#unanswered === 0) return
    await new Promise<void>((resolve) => {
      this.#onAnswered = resolve
    })
  }

  /**
   * Called before a ping, since a Redis that has become a replica takes news without passing it on. Call the
   * returned function once the answer has shown that Redis is a primary.
   */
  beginProof(): () => void {
    // The last ping may have had no answer.
    this.#unproven.addAll(this.#proving)
    const proving = this.#unproven
    this.#proving = proving
    this.#unproven = new TopicSet()
    return () => {
      proving.take()
    }
  }

  /** Notes the topics sent since the last proof as missed: the wire is broken, and their news may be lost. */
  doubt(): void {
    this.#missed.addAll(this.#proving)
    this.#missed.addAll(this.#unproven)
    this.#proving = new TopicSet()
    this.#unproven = new TopicSet()
  }

  /** Asks the others to look for what did not reach them. */
  poke(): void {
    for (const topic of this.#missed.take()) owned('redis', this.#send(topic))
  }

  async #send(topic: string, news?: readonly unknown[]): Promise<void> {
    const { wire } = this.#link
    let bytes = 0
    this.#unanswered++
    try {
      if (!wire) return this.#missed.add(topic)
      if (this.#unsentBytes > MAX_UNSENT_BYTES) throw new Error('Redis takes less than is to be told')
      const { commands } = wire
      this.#unproven.add(topic)
      const text = news ? pack([this.#nodeId, news]) : pack([this.#nodeId])
      bytes = text.length
      this.#unsentBytes += bytes
      const channel = this.#names.channel(topic)
      if (bytes <= MAX_PARCEL_BYTES) {
        await commands.sPublish(channel, text)
        return
      }
      const key = this.#names.parcel(topic, randomUUID())
      await Promise.all([
        commands.set(key, text, { expiration: { type: 'PX', value: STORED_MS } }),
        commands.sPublish(channel, pack([this.#nodeId, key])),
      ])
    } catch (error) {
      this.#missed.add(topic)
      // Once there is another wire, the others are told where they have missed something.
      if (this.#link.wire === wire) this.#link.fail(error)
    } finally {
      this.#unsentBytes -= bytes
      if (--this.#unanswered === 0) this.#onAnswered?.()
    }
  }
}
