import { Live } from '../lib/live.ts'
import type { OwnAccount, Resume } from '../protocol.ts'
import type {
  ChangesFrame,
  GapFrame,
  KnownEvent,
  KnownNews,
  ReadyFrame,
  ServerFrame,
} from '../wire/frames.ts'
import type { Place } from './place.ts'
import type { Places } from './places.ts'
import type { Presence } from './presence.ts'

export interface SyncParts {
  readonly places: Places
  readonly presence: Presence
  /** After the store has taken an event. */
  onEvent(event: KnownEvent): void
  onNews(news: KnownNews): void
  /** The store has got further in a conversation, by whatever way. */
  onProgress(conversation: string): void
  /** The connection is live: asks for the listings that are not known. */
  relist(): void
  fetchAccount(): void
}

/** Keeps the store in step with the server's frames, and knows where it stands. */
export class Sync {
  readonly #parts: SyncParts
  readonly account = new Live<OwnAccount | undefined>(() => this.#account)
  #account: OwnAccount | undefined
  #epoch: string | undefined
  #cursor = 0
  /** The places from which this connection was asked to go on. */
  #resumed: Readonly<Record<string, number>> = {}

  constructor(parts: SyncParts) {
    this.#parts = parts
  }

  /** The account's id; empty before the first `ready`. */
  get me(): string {
    return this.#account?.id ?? ''
  }

  /** Where the next connection goes on. */
  position(): Resume | undefined {
    this.#resumed = this.#parts.places.positions()
    if (this.#epoch === undefined) return undefined
    return { epoch: this.#epoch, cursor: this.#cursor, conversations: { ...this.#resumed } }
  }

  apply(frame: ServerFrame): void {
    const { places } = this.#parts
    switch (frame.op) {
      case 'ready':
        this.#ready(frame)
        break
      case 'changes':
        this.#changes(frame)
        break
      case 'gap':
        this.#gap(frame)
        break
      case 'gone':
        places.find(frame.conversation)?.clear()
        break
      case 'state':
        for (const item of frame.items) this.#news(item)
        this.#cursor = frame.cursor
        break
      case 'live':
        this.#parts.relist()
        break
      case 'event':
        this.#event(frame, false)
        break
      case 'account':
        this.#cursor = Math.max(this.#cursor, frame.cursor)
        this.#news(frame)
        break
      case 'typing':
      case 'presence':
      case 'receipt':
        this.#parts.presence.apply(frame)
        break
    }
  }

  setAccount(account: OwnAccount): void {
    this.#account = account
    this.account.changed()
  }

  #ready(frame: ReadyFrame): void {
    const { places } = this.#parts
    const isFirst = this.#epoch === undefined
    if (!isFirst && this.#epoch !== frame.epoch) this.#reset()
    if (this.#epoch === undefined) {
      this.#cursor = frame.cursor
      places.next = frame.next
    }
    this.#epoch = frame.epoch
    this.setAccount(frame.account)
    for (const place of places.all) if (!(place.id in this.#resumed)) place.lose()
    for (const listing of frame.listings) places.get(listing.id).begin(listing)
  }

  /** Another database: nothing of the store is true. */
  #reset(): void {
    this.#epoch = undefined
    this.#resumed = {}
    for (const place of this.#parts.places.all) place.clear()
  }

  #changes({ conversation, items, upTo }: ChangesFrame): void {
    for (const item of items) this.#event({ ...item, conversation }, true)
    this.#parts.places.get(conversation).reach(upTo)
    this.#parts.onProgress(conversation)
  }

  #gap(frame: GapFrame): void {
    const { places } = this.#parts
    if ('conversation' in frame) {
      places.get(frame.conversation).miss(frame)
      this.#parts.onProgress(frame.conversation)
      return
    }
    this.#cursor = frame.cursor
    // Its `ready` has told of the epoch already.
    if ('epoch' in frame) return
    for (const place of places.all) place.doubt()
    this.#parts.fetchAccount()
  }

  #event(event: KnownEvent, isReplayed: boolean): void {
    const place = this.#parts.places.get(event.conversation)
    place.apply(event, isReplayed)
    this.#parts.onEvent(event)
    this.#parts.onProgress(event.conversation)
  }

  #news(news: KnownNews): void {
    const { places } = this.#parts
    switch (news.type) {
      case 'read.moved':
        this.#known(news.data.conversation)?.touch((state) => state.moveMark(news.data))
        break
      case 'joined':
        places.get(news.data.listing.id).begin(news.data.listing)
        break
      case 'left':
        places.find(news.data.conversation)?.clear()
        break
      case 'settings.changed':
        this.#settings(news.data)
        break
      case 'profile.changed':
        this.setAccount(news.data.account)
    }
    this.#parts.onNews(news)
  }

  #settings(data: Extract<KnownNews, { type: 'settings.changed' }>['data']): void {
    if (data.conversation !== null) {
      this.#known(data.conversation)?.touch((state) => state.settingsChanged(data))
      return
    }
    if (this.#account && data.settings) this.setAccount({ ...this.#account, settings: data.settings })
  }

  #known(conversation: string): Place | undefined {
    const place = this.#parts.places.find(conversation)
    return place?.state && place
  }
}
