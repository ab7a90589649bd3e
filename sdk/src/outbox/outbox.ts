import type { Observable } from '../lib/live.ts'
import type { Runtime } from '../lib/runtime.ts'
import { ParlanceError } from '../rest/error.ts'
import { backoffMs } from '../wire/backoff.ts'
import { Entries, type EntriesParts } from './entries.ts'
import { type Done, type Draft, type Entry, laneOf } from './entry.ts'
import { Waiters } from './waiters.ts'

/** Entries that may wait; one more is refused with `outbox_full`. */
const MOST = 1_000

/** An event that is to come has come within that time. */
const EVENT_MS = 5_000

export interface OutboxParts extends EntriesParts {
  readonly runtime: Pick<Runtime, 'after' | 'random' | 'newId' | 'now'>
  /** Sends one entry. Throws a `ParlanceError`. */
  perform(entry: Entry): Promise<Done>
  /** Whether the store has what a sent entry did. */
  isApplied(entry: Entry): boolean
  /** Whether an entry that the server refuses for good is discarded at once; else it holds its lane. */
  readonly discardsRefused: boolean
}

/**
 * Entries that are to be sent, in order, until the server has them: each with one id for ever, and one at a time in each lane, so
 * that none overtakes one that was refused.
 */
export class Outbox {
  readonly #parts: OutboxParts
  readonly #entries: Entries
  readonly #waiters = new Waiters()
  readonly #attempts = new Map<string, number>()
  /** Entries that are to be tried again later, with what cancels that. */
  readonly #resting = new Map<string, () => void>()
  #isLive = false
  #isLeading = false
  #stop: () => void = () => undefined

  constructor(parts: OutboxParts) {
    this.#parts = parts
    this.#entries = new Entries(parts)
  }

  get list(): Observable<readonly Entry[]> {
    return this.#entries.list
  }

  /** Entries of one conversation, in order. */
  of(conversation: string): readonly Entry[] {
    return this.list.get().filter((entry) => entry.conversation === conversation)
  }

  /** Takes what the storage has kept, and begins to send when it is this client's turn. */
  async open(): Promise<void> {
    const { storage } = this.#parts
    const stopWatching = storage.watch(() => void this.#reload())
    await this.#reload()
    const stopLeading = storage.lead(() => {
      this.#isLeading = true
      this.#entries.takeOver()
      void this.#reload()
    })
    this.#stop = () => {
      stopWatching()
      stopLeading()
    }
  }

  close(): void {
    this.#stop()
    this.#isLeading = false
    this.pause()
    for (const cancel of this.#resting.values()) cancel()
    this.#resting.clear()
    this.#waiters.rejectAll(new ParlanceError('ended'))
  }

  resume(): void {
    this.#isLive = true
    this.#pump()
  }

  pause(): void {
    this.#isLive = false
  }

  /** Throws `outbox_full`. */
  add(conversation: string, draft: Draft): Entry {
    if (this.#entries.size >= MOST) throw new ParlanceError('outbox_full')
    const { runtime } = this.#parts
    const order = this.#entries.nextOrder(runtime.now())
    const entry: Entry = { clientId: runtime.newId(), conversation, order, draft, state: 'queued' }
    this.#entries.put(entry)
    this.#pump()
    return entry
  }

  /** Resolves when the server has it. Throws its refusal, or `discarded`. */
  wait(clientId: string): Promise<Done> {
    const failure = this.#entries.get(clientId)?.failure
    if (failure) return Promise.reject(new ParlanceError(failure.code, failure))
    return this.#waiters.wait(clientId)
  }

  retry(clientId: string): void {
    const entry = this.#entries.get(clientId)
    if (entry?.state !== 'failed') return
    const { failure: _, ...rest } = entry
    this.#entries.put({ ...rest, state: 'queued' })
    this.#pump()
  }

  /** One that is being sent is past discarding. */
  discard(clientId: string): void {
    const entry = this.#entries.get(clientId)
    if (!entry || entry.state === 'sending' || entry.state === 'sent') return
    this.#drop(entry)
    this.#waiters.reject(clientId, new ParlanceError('discarded'))
    this.#pump()
  }

  /** The store has seen the message that this send has become. */
  confirm(clientId: string, done: Done): void {
    const entry = this.#entries.get(clientId)
    if (!entry) return
    this.#drop(entry)
    this.#waiters.resolve(clientId, done)
    this.#pump()
  }

  /** The store has got further in a conversation. */
  applied(conversation: string): void {
    for (const entry of this.of(conversation))
      if (entry.state === 'sent' && this.#parts.isApplied(entry)) this.#drop(entry)
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry)
    this.#attempts.delete(entry.clientId)
    this.#resting.get(entry.clientId)?.()
    this.#resting.delete(entry.clientId)
  }

  async #reload(): Promise<void> {
    try {
      const gone = await this.#entries.reload(this.#isLeading)
      for (const clientId of gone) this.#waiters.resolve(clientId, {})
    } catch (error) {
      this.#parts.onError(error)
    }
    this.#pump()
  }

  #pump(): void {
    if (!this.#isLive || !this.#isLeading) return
    const busy = new Set<string>()
    for (const entry of this.list.get()) {
      if (entry.state === 'sent') continue
      const lane = laneOf(entry)
      const isFirst = !busy.has(lane)
      busy.add(lane)
      if (isFirst && entry.state === 'queued' && !this.#resting.has(entry.clientId)) void this.#send(entry)
    }
  }

  async #send(queued: Entry): Promise<void> {
    const entry: Entry = { ...queued, state: 'sending' }
    this.#entries.put(entry)
    try {
      const done = await this.#parts.perform(entry)
      // An event may have confirmed it before.
      if (this.#entries.get(entry.clientId)) this.#sent({ ...entry, ...done, state: 'sent' }, done)
    } catch (error) {
      if (this.#entries.get(entry.clientId)) this.#refused(entry, error)
    }
    this.#pump()
  }

  #sent(entry: Entry, done: Done): void {
    this.#attempts.delete(entry.clientId)
    this.#entries.putSent(entry)
    this.#waiters.resolve(entry.clientId, done)
    if (this.#parts.isApplied(entry)) this.#drop(entry)
    // An answer without a change may have changed nothing: then no event comes.
    else if (done.version === undefined) this.#parts.runtime.after(EVENT_MS, () => this.#drop(entry))
  }

  #refused(entry: Entry, error: unknown): void {
    if (!(error instanceof ParlanceError)) this.#parts.onError(error)
    const refusal = error instanceof ParlanceError ? error : new ParlanceError('failed')
    if (refusal.code === 'disconnected') {
      this.#entries.put({ ...entry, state: 'queued' })
      return
    }
    // A send has one id for ever: where it is not known what became of it, it is safe to ask again.
    if (refusal.retryable || refusal.code === 'outcome_unknown') {
      this.#rest(entry, refusal)
      return
    }
    const { code, message: detail, retryable } = refusal
    if (this.#parts.discardsRefused) this.#drop(entry)
    else this.#entries.put({ ...entry, state: 'failed', failure: { code, detail, retryable } })
    this.#waiters.reject(entry.clientId, refusal)
  }

  #rest(entry: Entry, { retryAfter }: ParlanceError): void {
    const { runtime } = this.#parts
    const attempt = (this.#attempts.get(entry.clientId) ?? 0) + 1
    this.#attempts.set(entry.clientId, attempt)
    const cancel = runtime.after(Math.max(retryAfter ?? 0, backoffMs(attempt, runtime.random)), () => {
      this.#resting.delete(entry.clientId)
      this.#pump()
    })
    this.#resting.set(entry.clientId, cancel)
    this.#entries.put({ ...entry, state: 'queued' })
  }
}
