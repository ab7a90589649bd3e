import type { ReadState } from '../protocol.ts'
import { ParlanceError } from '../rest/error.ts'
import type { Place } from './place.ts'

interface Mark {
  readonly seq: number
  readonly force: boolean
}

interface ReadMarksParts {
  isLive(): boolean
  ask(conversation: string, mark: Mark): Promise<ReadState>
  onError(error: unknown): void
}

/** Read marks that this client has moved: shown at once, and sent when there is a connection. */
export class ReadMarks {
  readonly #parts: ReadMarksParts
  /** The last word for each conversation that the server does not have yet. */
  readonly #wanted = new Map<Place, Mark>()
  readonly #asking = new Set<Place>()

  constructor(parts: ReadMarksParts) {
    this.#parts = parts
  }

  move(place: Place, mark: Mark): void {
    const me = place.state?.listing.me
    if (!mark.force && me && mark.seq <= me.readSeq) return
    this.#wanted.set(place, mark)
    const lastSeq = place.state?.listing.lastSeq ?? 0
    // The server knows the counts behind a mark further back, and says them.
    if (mark.seq >= lastSeq)
      place.touch((state) => state.moveMark({ readSeq: lastSeq, unread: 0, mentions: 0 }))
    this.#send(place)
  }

  /** Sends what waits. */
  resume(): void {
    for (const place of this.#wanted.keys()) this.#send(place)
  }

  get isEmpty(): boolean {
    return this.#wanted.size === 0
  }

  #send(place: Place): void {
    const mark = this.#wanted.get(place)
    if (!mark || !this.#parts.isLive() || this.#asking.has(place)) return
    this.#asking.add(place)
    void this.#ask(place, mark).finally(() => {
      this.#asking.delete(place)
      if (this.#wanted.get(place) !== mark) this.#send(place)
    })
  }

  async #ask(place: Place, mark: Mark): Promise<void> {
    try {
      const state = await this.#parts.ask(place.id, mark)
      this.#settle(place, mark)
      place.touch((listing) => listing.moveMark(state))
    } catch (error) {
      // It is sent again when there is a connection.
      if (error instanceof ParlanceError && error.code === 'disconnected') return
      this.#settle(place, mark)
      this.#parts.onError(error)
      place.doubt()
      place.heal()
    }
  }

  #settle(place: Place, mark: Mark): void {
    if (this.#wanted.get(place) === mark) this.#wanted.delete(place)
  }
}
