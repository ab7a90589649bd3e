import type { Observable } from './lib/live.ts'
import type { Draft } from './outbox/entry.ts'
import type { Outbox } from './outbox/outbox.ts'
import type { Listing, Operations } from './protocol.ts'
import { ParlanceError } from './rest/error.ts'
import { changeConversation, changeMembership, putMember, removeMember } from './rest/operations.ts'
import type { Rest } from './rest/rest.ts'
import type { Place } from './store/place.ts'
import type { Presence } from './store/presence.ts'
import type { ReadMarks } from './store/read-marks.ts'
import type { Timeline } from './store/timeline.ts'
import type { Wire } from './wire/wire.ts'

export interface ConversationParts {
  readonly place: Place
  readonly outbox: Outbox
  readonly rest: Rest
  readonly wire: Wire
  readonly presence: Presence
  readonly marks: ReadMarks
  readonly me: () => string
}

type SendOptions = Omit<Extract<Draft, { kind: 'send' }>, 'kind' | 'body'>

/** Something on its way to the server. */
export interface Sending {
  readonly clientId: string
  /** Resolves with the message's place when the server has it. Throws a `ParlanceError`: its refusal, or `discarded`. */
  done(): Promise<{ readonly seq?: number }>
}

/** One conversation: what it shows, and what may be done in it. */
export class ConversationHandle {
  readonly id: string
  readonly #parts: ConversationParts

  constructor(parts: ConversationParts) {
    this.id = parts.place.id
    this.#parts = parts
  }

  /** Its listing: name, roles, unread and mentions. Undefined until it is known. */
  get listing(): Observable<Listing | undefined> {
    return this.#parts.place.listing
  }

  get timeline(): Timeline {
    return this.#parts.place.timeline
  }

  /** Accounts that are writing here, while it is watched. */
  get typing(): Observable<readonly string[]> {
    return this.#parts.presence.typing(this.id)
  }

  /** By account, how far it has read, while it is watched. */
  get receipts(): Observable<ReadonlyMap<string, number>> {
    return this.#parts.presence.receipts(this.id)
  }

  /** Puts a message into the outbox, and shows it at once. Throws `outbox_full`. */
  send(body: string, options: SendOptions = {}): Sending {
    return this.#put({ kind: 'send', body, ...options })
  }

  edit(seq: number, body: string, ifVersion?: number): Sending {
    return this.#put({ kind: 'edit', seq, body, ...(ifVersion !== undefined && { ifVersion }) })
  }

  delete(seq: number): Sending {
    return this.#put({ kind: 'delete', seq })
  }

  react(seq: number, key: string): Sending {
    return this.#put({ kind: 'react', seq, key, added: true })
  }

  unreact(seq: number, key: string): Sending {
    return this.#put({ kind: 'react', seq, key, added: false })
  }

  /** Moves the read mark to a message, or to the last one. Shown at once; sent when there is a connection. */
  markRead(seq?: number): void {
    this.#parts.marks.move(this.#parts.place, { seq: seq ?? this.listing.get()?.lastSeq ?? 0, force: false })
  }

  /** Moves the mark back, so that this message is the first unread one. */
  markUnread(seq: number): void {
    this.#parts.marks.move(this.#parts.place, { seq: Math.max(0, seq - 1), force: true })
  }

  /** Tells those who watch. Say it again every 3 s while somebody writes. */
  tellTyping(isTyping = true): void {
    this.#parts.wire.tell('typing', { conversation: this.id, isTyping })
  }

  /** Mutes, pins or archives it for oneself. Throws a `ParlanceError`, as all below do. */
  async set(change: Operations['changeMembership']['body']): Promise<void> {
    this.#accept(await this.#parts.rest.call(changeMembership, { params: { c: this.id }, body: change }))
  }

  /** Changes what all see of it. */
  async change(change: Operations['changeConversation']['body']): Promise<void> {
    this.#accept(await this.#parts.rest.call(changeConversation, { params: { c: this.id }, body: change }))
  }

  /** Adds a member, or changes a role. */
  async putMember(account: string, role?: Operations['putMember']['body']['role']): Promise<void> {
    const params = { c: this.id, a: account }
    await this.#parts.rest.call(putMember, { params, body: { ...(role && { role }) } })
  }

  async removeMember(account: string): Promise<void> {
    await this.#parts.rest.call(removeMember, { params: { c: this.id, a: account } })
  }

  /** Ends one's own membership. */
  async leave(): Promise<void> {
    await this.removeMember(this.#parts.me())
    this.#parts.place.clear()
  }

  #accept(listing: Listing): void {
    const { place } = this.#parts
    place.touch((state) =>
      state.settingsChanged({ conversation: this.id, me: listing.me, can: listing.can, settings: null }),
    )
    place.accept(listing)
  }

  #put(draft: Draft): Sending {
    const { outbox } = this.#parts
    const { clientId } = outbox.add(this.id, draft)
    // Made at once: what is sent a moment later has left the outbox.
    const done = outbox.wait(clientId)
    done.catch((error: unknown) => {
      // The entry shows it, and whoever asks is told.
      if (!(error instanceof ParlanceError)) throw error
    })
    return { clientId, done: () => done }
  }
}
