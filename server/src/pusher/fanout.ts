import { Batch, type Frame, type OriginId, type Sink } from '../delivery/index.ts'
import type { Member } from './wire.ts'

/** One connection on one channel. */
export interface Subscriber {
  readonly socketId: string
  /** The address that its share of memory counts against. */
  readonly address: string
  readonly sink: Sink
  /** The origin of its coming and going, in the queues of subscribers who do not read. */
  readonly originId: OriginId
  /** The subscriber as a member of a presence channel. */
  readonly member?: Member
  /** The cached event that the subscription began with, which may still be on its way to this node. */
  readonly cacheId?: string
}

/**
 * This node's subscribers of one channel. Each event is one reference in the queue of each, in one order for
 * all. At most one batch is open, that is, may still grow: whatever comes from elsewhere closes it first.
 */
export class Fanout implements Sink {
  readonly #subscribers = new Set<Subscriber>()
  #open: Batch | undefined
  /** The open batch is ours to add to; otherwise the caller that pushed it adds to it. */
  #isOwn = false

  get size(): number {
    return this.#subscribers.size
  }

  add(subscriber: Subscriber): void {
    // Seal the open batch: a newcomer must receive later events, a leaver must not.
    this.#close()
    this.#subscribers.add(subscriber)
  }

  remove(subscriber: Subscriber): void {
    this.#close()
    this.#subscribers.delete(subscriber)
  }

  send(frame: Frame): void {
    if (this.#subscribers.size === 0) return
    if (this.#open && this.#isOwn && !this.#open.isSealed) this.#open.add(frame)
    else this.#forward(batchOf(frame), true)
  }

  push(batch: Batch): void {
    if (this.#subscribers.size > 0) this.#forward(batch, false)
    // Nobody here will read it: its owner must not go on adding to it when somebody is.
    else batch.bytes()
  }

  /** To all but those excluded, who are few. */
  sendExcept(
    frame: Frame,
    isExcluded: (subscriber: Subscriber) => boolean,
    originId: OriginId | undefined,
  ): void {
    this.#close()
    const batch = batchOf(frame, originId)
    for (const subscriber of this.#subscribers) {
      if (!isExcluded(subscriber)) subscriber.sink.push(batch)
    }
  }

  #forward(batch: Batch, isOwn: boolean): void {
    this.#close()
    this.#open = batch
    this.#isOwn = isOwn
    for (const { sink } of this.#subscribers) sink.push(batch)
  }

  #close(): void {
    // Reading a batch seals it: what its owner adds next becomes another batch, after ours.
    this.#open?.bytes()
    this.#open = undefined
  }
}

function batchOf(frame: Frame, originId?: OriginId): Batch {
  const batch = new Batch()
  batch.add(frame, originId)
  return batch
}
