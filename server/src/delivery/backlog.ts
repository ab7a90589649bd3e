import type { Holder, MemoryShare } from '../lib/memory-budget.ts'
import { Batch } from './frame.ts'

/** What a peer has not taken: batches that others may be waiting for too, and what is meant for it alone. */
class Pile {
  readonly #batches: Batch[] = []
  /** Of what it does not share. */
  ownBytes = 0
  sharedBytes = 0

  get bytes(): number {
    return this.ownBytes + this.sharedBytes
  }

  /** `isCopied`: of a batch, the peer gets a copy of its own. */
  add(item: Batch | Buffer, isCopied: boolean): void {
    if (item instanceof Batch && !isCopied) {
      this.#batches.push(item)
      this.sharedBytes += item.pin()
    } else this.ownBytes += item instanceof Batch ? item.bytes().length : item.length
  }

  clear(): void {
    for (const batch of this.#batches) batch.unpin()
    this.#batches.length = 0
    this.ownBytes = this.sharedBytes = 0
  }
}

/** Of one peer that does not take what it is sent at once. The budget of memory counts it, while it lasts. */
export class Backlog implements Holder {
  readonly address: string
  readonly #memory: MemoryShare['memory'] | undefined
  readonly #end: () => void
  /** On its way, and behind that. */
  #leaving = new Pile()
  #waiting = new Pile()

  /** `end` cuts the peer off. Without a share it is counted by nobody but its owner. */
  constructor(share: MemoryShare | undefined, end: () => void) {
    this.address = share?.address ?? ''
    this.#memory = share?.memory
    this.#end = end
    this.#memory?.add(this)
  }

  get heldBytes(): number {
    return this.#leaving.ownBytes + this.#waiting.ownBytes
  }

  get sharedBytes(): number {
    return this.#leaving.sharedBytes + this.#waiting.sharedBytes
  }

  get waitingBytes(): number {
    return this.#waiting.bytes
  }

  wait(item: Batch | Buffer, isCopied: boolean): void {
    this.#waiting.add(item, isCopied)
  }

  /** What waited is on its way now, and what was is there. */
  leave(): void {
    this.#leaving.clear()
    const leaving = this.#waiting
    this.#waiting = this.#leaving
    this.#leaving = leaving
  }

  /** What waits is sent to nobody. */
  forget(): void {
    this.#waiting.clear()
  }

  /** Nothing is left of it. */
  close(): void {
    this.#leaving.clear()
    this.#waiting.clear()
    this.#memory?.delete(this)
  }

  cutOff(): void {
    this.#end()
  }
}
