import { guarded } from './guard.ts'
import { runAfter } from './timers.ts'

/** Something that holds memory which only a peer can set free: input it has not finished, output it has not read. */
export interface Holder {
  /** Of the peer, as limits count it. */
  readonly address: string
  /** Bytes held for this peer alone. */
  readonly heldBytes: number
  /** Bytes that it holds together with others. */
  readonly sharedBytes: number
  /** Ends the peer's connection and lets go of all of it. */
  cutOff(): void
}

/** Whom a holder belongs to: what it needs to be counted. */
export interface MemoryShare {
  readonly memory: MemoryBudget
  readonly address: string
}

export interface MemoryBounds {
  readonly perAddress: number
  readonly inAll: number
}

/** How often it is counted while anybody holds anything. */
const COUNT_EVERY_MS = 50
/** Somebody who asks sooner is told the same; and counting takes a twentieth of the time at most. */
const FRESH_MS = 10
const REST = 20
/** Of the bound, what is left after cutting off, so that the next byte is not over it again. */
const RELIEVED = 0.9

/**
 * The memory for input that nobody has finished and output that nobody has read, of all connections together. Each
 * front bounds what one connection may hold; this bounds an address and the whole: past either, those that hold
 * most are cut off. Nothing is counted as bytes come and go, only what is held from time to time.
 */
export class MemoryBudget {
  readonly #bounds: MemoryBounds
  readonly #sharedBytes: () => number
  readonly #holders = new Set<Holder>()
  readonly #sources: (() => Iterable<Holder>)[] = []
  #timer: NodeJS.Timeout | undefined
  #freshUntil = 0
  /** Connections that were cut off so far. */
  cutOffs = 0

  /** `sharedBytes`: what all holders share, each byte counted once. */
  constructor(bounds: MemoryBounds, sharedBytes: () => number) {
    this.#bounds = bounds
    this.#sharedBytes = sharedBytes
  }

  /** From now on it holds something, until it is deleted or cut off. */
  add(holder: Holder): void {
    this.#holders.add(holder)
    this.wake()
  }

  delete(holder: Holder): void {
    this.#holders.delete(holder)
  }

  /** Others that hold something, asked for at each count. Whoever has such calls `wake` when it begins to. */
  watch(source: () => Iterable<Holder>): void {
    this.#sources.push(source)
  }

  wake(): void {
    this.#timer ??= runAfter(COUNT_EVERY_MS, this.#count).unref()
  }

  /** Cuts off those that hold most, if all hold too much. Answers whether they did. */
  relieve(): boolean {
    const startedAt = performance.now()
    if (startedAt < this.#freshUntil) return false
    const wasSpent = this.#cutOffLargest([...this.#all()])
    const endedAt = performance.now()
    this.#freshUntil = endedAt + Math.max(FRESH_MS, REST * (endedAt - startedAt))
    return wasSpent
  }

  readonly #count = (): void => {
    this.#timer = undefined
    this.relieve()
    // Until nobody holds anything: a source wakes it again.
    if (!this.#all().next().done) this.wake()
  };

  *#all(): Generator<Holder, undefined> {
    yield* this.#holders
    for (const source of this.#sources) yield* source()
  }

  #cutOffLargest(holders: readonly Holder[]): boolean {
    const crowds = [...Map.groupBy(holders, ({ address }) => address).values()]
    const { perAddress, inAll } = this.#bounds
    const areOver = crowds.map((crowd) => this.#relieve(crowd, perAddress, NOTHING_SHARED))
    // Those just cut off hold nothing any more.
    const rest = areOver.includes(true) ? [...this.#all()] : holders
    return this.#relieve(rest, inAll, this.#sharedBytes) || areOver.includes(true)
  }

  /** Cuts off the largest of them until they hold less than the bound. Answers whether they held more. */
  #relieve(holders: readonly Holder[], bound: number, sharedBytes: () => number): boolean {
    let own = holders.reduce((sum, { heldBytes }) => sum + heldBytes, 0)
    if (own + sharedBytes() <= bound) return false
    for (const holder of holders.toSorted((one, other) => sizeOf(other) - sizeOf(one))) {
      own -= holder.heldBytes
      this.#holders.delete(holder)
      this.cutOffs++
      giveUp(holder)
      if (own + sharedBytes() <= bound * RELIEVED) break
    }
    return true
  }
}

const NOTHING_SHARED = (): number => 0

const sizeOf = ({ heldBytes, sharedBytes }: Holder): number => heldBytes + sharedBytes

/** One that fails keeps nobody behind it. */
const giveUp = guarded('timer', (holder: Holder) => holder.cutOff())
