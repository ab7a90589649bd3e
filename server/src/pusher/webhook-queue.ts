import { type Clock, MICROS_PER_SECOND } from '../lib/clock.ts'
import type { Logger } from '../observe/index.ts'
import type { WebhookEvent } from './webhook-event.ts'

/** `full`: too many events waited. `old`: the event waited for too long. `refused`: the application did not take it. */
export type DropReason = 'full' | 'old' | 'refused'

/** Called with the number of events that are dropped before the application got them. */
export type OnDropped = (reason: DropReason, count: number) => void

export interface QueuedEvent {
  readonly event: WebhookEvent
  readonly atMicros: number
  readonly bytes: number
}

interface WebhookQueueOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly onDropped: OnDropped
  readonly maxAgeMs: number
}

/** Events that may wait or be on their way; the next is dropped. */
const MAX_EVENTS = 10_000
/** Bytes that the same events may have as they are posted. */
const MAX_BYTES = 32 * 1024 * 1024

/** Webhook events on their way: bounded in number, in bytes and in age. Dropped events are counted, and logged once. */
export class WebhookQueue {
  readonly #options: WebhookQueueOptions
  #waiting: QueuedEvent[] = []
  #held = 0
  #heldBytes = 0
  readonly #dropped = new Map<DropReason, number>()

  constructor(options: WebhookQueueOptions) {
    this.#options = options
  }

  /** The number of events that nobody has taken yet. */
  get length(): number {
    return this.#waiting.length
  }

  add(event: WebhookEvent): void {
    const bytes = Buffer.byteLength(JSON.stringify(event))
    if (this.#held >= MAX_EVENTS || this.#heldBytes + bytes > MAX_BYTES) {
      this.#drop('full', 1)
      return
    }
    this.#held++
    this.#heldBytes += bytes
    this.#waiting.push({ event, atMicros: this.#options.clock.nowMicros(), bytes })
  }

  /** Takes the oldest events, and drops those too old to be told. The others count until they are let go. */
  take(max: number): readonly QueuedEvent[] {
    return this.young(this.#waiting.splice(0, max))
  }

  /** Drops those of the taken events that have become too old, and returns the others. */
  young(taken: readonly QueuedEvent[]): readonly QueuedEvent[] {
    const since = this.#options.clock.nowMicros() - (this.#options.maxAgeMs * MICROS_PER_SECOND) / 1000
    const old = taken.filter(({ atMicros }) => atMicros < since)
    if (old.length === 0) return taken
    this.letGo(old)
    this.#drop('old', old.length)
    return taken.filter(({ atMicros }) => atMicros >= since)
  }

  /** Stops counting events that the application has taken. */
  letGo(taken: readonly QueuedEvent[]): void {
    this.#held -= taken.length
    for (const { bytes } of taken) this.#heldBytes -= bytes
  }

  /** Drops events that the application will not get, for the reason that is logged. */
  giveUp(taken: readonly QueuedEvent[], why: object): void {
    this.letGo(taken)
    this.#drop('refused', taken.length, why)
  }

  /** Logs what was dropped since the last time; called when nothing is on its way any more. */
  report(): void {
    if (this.#dropped.size === 0) return
    const count = [...this.#dropped.values()].reduce((sum, each) => sum + each, 0)
    this.#options.log.warn(
      { count, reasons: Object.fromEntries(this.#dropped) },
      'webhook events were dropped',
    )
    this.#dropped.clear()
  }

  /** Logs the first drop of each reason. */
  #drop(reason: DropReason, count: number, why: object = {}): void {
    if (count === 0) return
    const { log } = this.#options
    if (!this.#dropped.has(reason)) {
      if (reason === 'refused') log.warn({ ...why, count }, 'a webhook was given up')
      else log.warn({ reason }, 'webhook events are being dropped')
    }
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count)
    this.#options.onDropped(reason, count)
  }
}
