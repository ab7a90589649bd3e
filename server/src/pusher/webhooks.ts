import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../lib/clock.ts'
import { runAfter } from '../lib/timers.ts'
import type { Logger } from '../observe/index.ts'
import type { Signatures } from './signatures.ts'
import type { WebhookEvent } from './webhook-event.ts'
import { post, type WebhookTarget, webhookTarget } from './webhook-post.ts'
import { type OnDropped, type QueuedEvent, WebhookQueue } from './webhook-queue.ts'

interface WebhooksDeps {
  readonly url: string
  readonly signatures: Signatures
  readonly clock: Clock
  readonly log: Logger
  readonly onDropped?: OnDropped
  readonly retry?: Partial<WebhookRetry>
}

/** A batch that is not taken is posted again after `firstMs`, then twice that …, and given up after `giveUpMs`. */
export interface WebhookRetry {
  readonly firstMs: number
  readonly giveUpMs: number
  /** Milliseconds for which the batches behind a refused one wait, so that order holds; then they go out beside it. */
  readonly holdMs: number
  /** Milliseconds after which a waiting event is dropped: it is no news any more. */
  readonly maxAgeMs: number
}

const RETRY: WebhookRetry = { firstMs: 1_000, giveUpMs: 5 * 60_000, holdMs: 10_000, maxAgeMs: 3_600_000 }
const MAX_RETRY_DELAY_MS = 60_000
/** Events within this time go into one request. */
const BATCH_MS = 50
const MAX_BATCH = 100
/** Batches that may be on their way; the next waits until one is taken or given up. */
const MAX_BATCHES = 32
const REQUEST_TIMEOUT_MS = 10_000
/** How long a closing server tries to post the waiting events. */
const CLOSE_MS = 2_000

/**
 * Posts events to the application, one request after another as long as it takes them. A batch that it refuses holds
 * up the others for `holdMs` at most: one that it will never take must not silence all.
 */
export class Webhooks {
  readonly #deps: WebhooksDeps
  readonly #target: WebhookTarget
  readonly #retry: WebhookRetry
  readonly #queue: WebhookQueue
  #sending: Promise<void> | undefined
  /** Batches that are being posted, or wait to be posted again. */
  readonly #onTheirWay = new Set<Promise<void>>()
  readonly #closing = new AbortController()

  constructor(deps: WebhooksDeps) {
    this.#deps = deps
    this.#target = webhookTarget(deps.url)
    this.#retry = { ...RETRY, ...deps.retry }
    const { clock, log, onDropped = () => undefined } = deps
    this.#queue = new WebhookQueue({ clock, log, onDropped, maxAgeMs: this.#retry.maxAgeMs })
  }

  add(event: WebhookEvent): void {
    this.#queue.add(event)
    this.#sending ??= this.#sendAll()
  }

  async close(): Promise<void> {
    const timer = runAfter(CLOSE_MS, () => this.#closing.abort())
    await this.#sending
    await Promise.all(this.#onTheirWay)
    clearTimeout(timer)
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0 && !this.#closing.signal.aborted) {
      if (this.#queue.length < MAX_BATCH) await sleep(BATCH_MS)
      if (this.#onTheirWay.size >= MAX_BATCHES) await Promise.race(this.#onTheirWay)
      const batch = this.#queue.take(MAX_BATCH)
      if (batch.length > 0) await this.#holdFor(this.#send(batch))
    }
    // Nobody will post the waiting events any more.
    this.#queue.giveUp(this.#queue.take(this.#queue.length), { failure: 'the server is closing' })
    this.#sending = undefined
    if (this.#onTheirWay.size === 0) this.#queue.report()
  }

  #send(batch: readonly QueuedEvent[]): Promise<void> {
    const sent = this.#deliver(batch).finally(() => {
      this.#onTheirWay.delete(sent)
      if (this.#onTheirWay.size === 0 && !this.#sending) this.#queue.report()
    })
    this.#onTheirWay.add(sent)
    return sent
  }

  async #holdFor(sent: Promise<void>): Promise<void> {
    const over = new AbortController()
    const held = sleep(this.#retry.holdMs, undefined, { signal: over.signal }).catch(() => undefined)
    await Promise.race([sent, held])
    over.abort()
  }

  /** Never rejects. */
  async #deliver(batch: readonly QueuedEvent[]): Promise<void> {
    const time_ms = Math.floor(this.#deps.clock.nowMicros() / 1000)
    const giveUpAt = performance.now() + this.#retry.giveUpMs
    let left = batch
    for (let delayMs = this.#retry.firstMs; ; delayMs = Math.min(delayMs * 2, MAX_RETRY_DELAY_MS)) {
      left = this.#queue.young(left)
      if (left.length === 0) return
      const refusal = await this.#post(JSON.stringify({ time_ms, events: left.map(({ event }) => event) }))
      if (!refusal) return this.#queue.letGo(left)
      if (this.#closing.signal.aborted || performance.now() + delayMs > giveUpAt) {
        return this.#queue.giveUp(left, refusal)
      }
      await sleep(delayMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
    }
  }

  /** Undefined when it was taken. */
  async #post(body: string): Promise<{ status: number } | { failure: Failure } | undefined> {
    const { signatures } = this.#deps
    try {
      const status = await post(this.#target, {
        body,
        headers: { 'x-pusher-key': signatures.key, 'x-pusher-signature': signatures.sign(body) },
        signal: AbortSignal.any([AbortSignal.timeout(REQUEST_TIMEOUT_MS), this.#closing.signal]),
      })
      return status >= 200 && status < 300 ? undefined : { status }
    } catch (error) {
      return { failure: failureOf(error) }
    }
  }
}

interface Failure {
  readonly name: string
  readonly code?: string
  readonly message: string
}

/** A whole error would be logged with all that hangs on it: on that of a request given up, 25 constants. */
function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: typeof error, message: String(error) }
  // The error of a request that was given up says only that it was; its cause says why.
  const { name, message, code }: Error & { code?: unknown } =
    error.cause instanceof Error ? error.cause : error
  return { name, ...(typeof code === 'string' && { code }), message }
}
