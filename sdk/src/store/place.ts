import { Live } from '../lib/live.ts'
import type { Runtime } from '../lib/runtime.ts'
import type { Listing } from '../protocol.ts'
import { ParlanceError } from '../rest/error.ts'
import type { KnownEvent } from '../wire/frames.ts'
import { ListingState } from './listing-state.ts'
import { Refreshing } from './refreshing.ts'
import type { Timeline } from './timeline.ts'

export interface PlaceParts {
  readonly me: () => string
  readonly runtime: Pick<Runtime, 'after' | 'random'>
  readonly newTimeline: (id: string) => Timeline
  fetchListing(id: string): Promise<Listing>
  /** Before that nothing is fetched: what is missed may be told yet. */
  isLive(): boolean
  onChange(): void
}

/** One conversation in the store: its listing, and its timeline once somebody has asked for it. */
export class Place {
  readonly id: string
  readonly #parts: PlaceParts
  readonly #refreshing: Refreshing
  readonly listing = new Live<Listing | undefined>(() => this.state?.listing)
  state: ListingState | undefined
  /** The last change that was heard with all before it; undefined where there is nothing to go on from. */
  synced: number | undefined
  #timeline: Timeline | undefined

  constructor(id: string, parts: PlaceParts) {
    this.id = id
    this.#parts = parts
    this.#refreshing = new Refreshing(parts.runtime, () => this.#fetchOnce())
  }

  get timeline(): Timeline {
    this.#timeline ??= this.#parts.newTimeline(this.id)
    this.#boundTimeline()
    return this.#timeline
  }

  /** Whether its listing has to be asked for. */
  get isUnsure(): boolean {
    return this.state === undefined || this.state.isOutdated
  }

  get opened(): Timeline | undefined {
    return this.#timeline
  }

  accept(listing: Listing): void {
    if (this.state) this.state.accept(listing)
    else this.state = new ListingState(listing, this.#parts.me)
    this.#changed()
  }

  /** A listing from which events follow: what came before it is not told. */
  begin(listing: Listing): void {
    this.accept(listing)
    if (this.synced !== undefined) return
    this.synced = listing.lastChange
    this.#timeline?.miss(listing.lastSeq)
  }

  apply(event: KnownEvent, isReplayed: boolean): void {
    const hasJumped = !isReplayed && (this.synced === undefined || event.change > this.synced + 1)
    if (hasJumped) this.#timeline?.miss(0)
    this.synced = Math.max(this.synced ?? 0, event.change)
    this.state?.apply(event, isReplayed)
    this.#timeline?.apply(event)
    this.#changed()
    this.heal()
  }

  /** The log was told up to there. */
  reach(change: number): void {
    this.synced = change
    this.state?.reach(change)
    this.#changed()
  }

  /** Changes went by that nobody told; events go on after that one. */
  miss({ head, lastChange }: { readonly head: number; readonly lastChange: number }): void {
    this.synced = lastChange
    this.#timeline?.miss(head)
    if (this.state && this.state.change < lastChange) this.state.isOutdated = true
    this.heal()
  }

  /** It is not known what became of it: it has to be listed again. */
  lose(): void {
    this.synced = undefined
    this.doubt()
    this.#timeline?.miss(0)
  }

  /** Its listing may be old. */
  doubt(): void {
    if (this.state) this.state.isOutdated = true
  }

  /** It is the account's no more, or of another database. */
  clear(): void {
    this.state = undefined
    this.synced = undefined
    this.#timeline?.clear()
    this.#changed()
  }

  /** Changes the listing by hand. */
  touch(change: (state: ListingState) => void): void {
    if (this.state) change(this.state)
    this.#changed()
    this.heal()
  }

  /** Asks for the listing where it is not known. */
  heal(): void {
    if (this.isUnsure && this.#parts.isLive()) this.#refreshing.begin()
  }

  async #fetchOnce(): Promise<boolean> {
    const touches = this.state?.touches
    try {
      const listing = await this.#parts.fetchListing(this.id)
      // An answer from before the account's last word would undo it.
      if (this.state?.touches === touches) this.begin(listing)
    } catch (error) {
      if (error instanceof ParlanceError && error.status === 404) this.clear()
      throw error
    }
    return this.isUnsure
  }

  #boundTimeline(): void {
    if (this.state)
      this.#timeline?.bound({ first: this.state.listing.firstSeq, head: this.state.listing.lastSeq })
  }

  #changed(): void {
    this.#boundTimeline()
    this.listing.changed()
    this.#parts.onChange()
  }
}
