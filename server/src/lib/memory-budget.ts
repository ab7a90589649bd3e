import { guarded } from './guard.ts'
import { runAfter } from './timers.ts'

/** Something that holds memory which only a peer can set free: input it has not finished, output it has not read. */
export interface Holder {
  /** The peer's address, as limits count it. */
  readonly address: string
  /** Bytes held for this peer alone. */
  readonly heldBytes: number
  /** Bytes that the holder shares with others. */
  readonly sharedBytes: number
  /** Ends the peer's connection and lets go of all of it. */
  cutOff(): void
}

/** The budget that counts a holder, and the address under which it does. */
export interface MemoryShare {
  readonly memory: MemoryBudget
  readonly address: string
}

interface MemoryBounds {
  readonly perAddress: number
  readonly inAll: number
}

/** Milliseconds between counts while anybody holds anything. */
const COUNT_EVERY_MS = 50
/** Least pause after a count: in ms, and in durations of the count, which takes a twentieth of the time at most. */
const FRESH_MS = 10
const REST = 20
/** Part of the bound that may stay held after cutting off, so that the next byte does not exceed it again. */
const RELIEVED = 0.9

/**
 * The memory for unfinished input and unread output, of all connections together. Each front bounds what one
 * connection may hold; this bounds an address and the whole: past either, the holders of most bytes are cut off.
 * Nothing is counted as bytes come and go; the bytes held are added up from time to time.
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

  /** `sharedBytes`: the bytes that all holders share, each counted once. */
  constructor(bounds: MemoryBounds, sharedBytes: () => number) {
    this.#bounds = bounds
    this.#sharedBytes = sharedBytes
  }

  /** Counts the holder from now on, until it is deleted or cut off. */
  add(holder: Holder): void {
    this.#holders.add(holder)
    this.wake()
  }

  delete(holder: Holder): void {
    this.#holders.delete(holder)
  }

  /** Adds a source of more holders, asked at each count. Its owner calls `wake` when it begins to hold something. */
  watch(source: () => Iterable<Holder>): void {
    this.#sources.push(source)
  }

  wake(): void {
    this.#timer ??= runAfter(COUNT_EVERY_MS, this.#count).unref()
  }

  /** Cuts off the largest holders, if all hold too much. Answers whether they did. */
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
    // Counting ends when nobody holds anything: the next holder wakes it again.
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
    // The holders just cut off hold nothing any more.
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

/** A holder whose `cutOff` throws must not save the holders behind it. */
const giveUp = guarded('timer', (holder: Holder) => holder.cutOff())
