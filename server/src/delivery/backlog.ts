import type { Holder, MemoryShare } from '../lib/memory-budget.ts'
import { Batch, type OriginId } from './frame.ts'

/** Items that a peer has not taken: batches that others may be waiting for too, and bytes for it alone. */
class Pile {
  readonly #batches: Batch[] = []
  /** Bytes that the peer does not share. */
  ownBytes = 0
  sharedBytes = 0

  get bytes(): number {
    return this.ownBytes + this.sharedBytes
  }

  /** `isCopied`: the peer gets its own copy of a batch. */
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

/** Waiting bytes of one origin that count against the peer; more of them do not make the peer slow. */
const ONE_ORIGINS_BYTES = 512 * 1024

/** The backlog of one peer that does not take its data at once. The memory budget counts it while it lasts. */
export class Backlog implements Holder {
  readonly address: string
  readonly #memory: MemoryShare['memory'] | undefined
  readonly #end: () => void
  /** Items that are being written, and those that wait behind them. */
  #leaving = new Pile()
  #waiting = new Pile()
  /** Waiting bytes, by who caused them. */
  readonly #originBytes = new Map<OriginId, number>()
  /** Waiting bytes beyond the `ONE_ORIGINS_BYTES` of each origin. */
  #excessBytes = 0

  /** `end` cuts the peer off. Without a share only the owner counts the backlog. */
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

  /** The part of `waitingBytes` that tells whether the peer is slow: one origin alone cannot make it so. */
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

  /** The last write is done, and the waiting items are being written now. */
  leave(): void {
    this.#leaving.clear()
    const leaving = this.#waiting
    this.#waiting = this.#leaving
    this.#leaving = leaving
    this.#forgetOrigins()
  }

  /** Drops the waiting items unsent. */
  forget(): void {
    this.#waiting.clear()
    this.#forgetOrigins()
  }

  /** Drops all items and leaves the memory budget. */
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

const excessOf = (bytes: number): number => Math.max(0, bytes - ONE_ORIGINS_BYTES)
