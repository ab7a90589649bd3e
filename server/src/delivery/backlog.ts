import type { AccountId } from '../core/chat.ts'
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

/** Of what waits, so much of one account's doing counts against the peer; the rest is not the peer's slowness. */
const ONE_ACCOUNTS_BYTES = 512 * 1024

/** Of one peer that does not take what it is sent at once. The budget of memory counts it, while it lasts. */
export class Backlog implements Holder {
  readonly address: string
  readonly #memory: MemoryShare['memory'] | undefined
  readonly #end: () => void
  /** On its way, and behind that. */
  #leaving = new Pile()
  #waiting = new Pile()
  /** Of what waits, by whose doing it is. */
  readonly #originBytes = new Map<AccountId, number>()
  /** Of what waits, what one account or another has beyond `ONE_ACCOUNTS_BYTES`. */
  #excessBytes = 0

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

  /** Of `waitingBytes`, those that tell whether the peer is slow: one account alone cannot make it so. */
  get countedBytes(): number {
    return this.#waiting.bytes - this.#excessBytes
  }

  wait(item: Batch | Buffer, isCopied: boolean): void {
    this.#waiting.add(item, isCopied)
    if (!(item instanceof Batch)) return
    for (const [originId, bytes] of item.bytesByOrigin()) {
      const before = this.#originBytes.get(originId) ?? 0
      this.#originBytes.set(originId, before + bytes)
      this.#excessBytes += excessOf(before + bytes) - excessOf(before)
    }
  }

  /** What waited is on its way now, and what was is there. */
  leave(): void {
    this.#leaving.clear()
    const leaving = this.#waiting
    this.#waiting = this.#leaving
    this.#leaving = leaving
    this.#forgetOrigins()
  }

  /** What waits is sent to nobody. */
  forget(): void {
    this.#waiting.clear()
    this.#forgetOrigins()
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

  #forgetOrigins(): void {
    this.#originBytes.clear()
    this.#excessBytes = 0
  }
}

const excessOf = (bytes: number): number => Math.max(0, bytes - ONE_ACCOUNTS_BYTES)
