import { isMark, type OutboxStorage } from '../outbox/storage.ts'
import type { ReadState } from '../protocol.ts'
import { ParlanceError } from '../rest/error.ts'
import type { Place } from './place.ts'

interface Mark {
  readonly seq: number
  readonly force: boolean
}

interface ReadMarksParts {
  readonly storage: OutboxStorage
  place(conversation: string): Place
  isLive(): boolean
  ask(conversation: string, mark: Mark): Promise<ReadState>
  onError(error: unknown): void
}

/** Read marks that this client has moved: shown at once, kept while there is no connection, and sent when there is one. */
export class ReadMarks {
  readonly #parts: ReadMarksParts
  /** The last word for each conversation that the server does not have yet. */
  readonly #wanted = new Map<Place, Mark>()
  readonly #asking = new Set<Place>()
  /** Conversations whose mark is in the storage. */
  readonly #kept = new Set<string>()

  constructor(parts: ReadMarksParts) {
    this.#parts = parts
  }

  /** Takes the marks that another life of this client has kept. */
  async open(): Promise<void> {
    const { storage, place, onError } = this.#parts
    for (const mark of (await storage.load().catch(onError)) ?? [])
      if (isMark(mark)) {
        this.#kept.add(mark.conversation)
        this.#wanted.set(place(mark.conversation), mark)
      }
  }

  move(place: Place, mark: Mark): void {
    const me = place.state?.listing.me
    if (!mark.force && me && mark.seq <= me.readSeq) return
    this.#wanted.set(place, mark)
    const lastSeq = place.state?.listing.lastSeq ?? 0
    // The server knows the counts behind a mark further back, and says them.
    if (mark.seq >= lastSeq)
      place.touch((state) => state.moveMark({ readSeq: lastSeq, unread: 0, mentions: 0 }))
    if (!this.#parts.isLive()) this.#keep(place, mark)
    this.#send(place)
  }

  /** Sends what waits. */
  resume(): void {
    for (const place of this.#wanted.keys()) this.#send(place)
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
      if (error instanceof ParlanceError && error.code === 'disconnected')
        return this.#keep(place, this.#wanted.get(place) ?? mark)
      this.#settle(place, mark)
      this.#parts.onError(error)
      place.doubt()
      place.heal()
    }
  }

  #settle(place: Place, mark: Mark): void {
    if (this.#wanted.get(place) !== mark) return
    this.#wanted.delete(place)
    const { storage, onError } = this.#parts
    if (this.#kept.delete(place.id)) storage.remove(nameOf(place)).catch(onError)
  }

  #keep(place: Place, { seq, force }: Mark): void {
    const { storage, onError } = this.#parts
    this.#kept.add(place.id)
    storage.put({ clientId: nameOf(place), conversation: place.id, seq, force }).catch(onError)
  }
}

const nameOf = ({ id }: Place): string => `read ${id}`
