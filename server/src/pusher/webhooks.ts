import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Clock } from '../lib/clock.ts'
import type { Signatures } from './signatures.ts'

export interface ClientEventHook {
  readonly name: 'client_event'
  readonly channel: string
  readonly event: string
  readonly data: string
  readonly socket_id: string
  readonly user_id?: string
}

/** A webhook's event, as it is posted. */
type WebhookEvent =
  | { readonly name: 'channel_occupied' | 'channel_vacated'; readonly channel: string }
  | { readonly name: 'member_added' | 'member_removed'; readonly channel: string; readonly user_id: string }
  | ClientEventHook

interface WebhooksDeps {
  readonly url: string
  readonly signatures: Signatures
  readonly clock: Clock
  readonly log: Logger
  readonly retry?: WebhookRetry
}

/** A batch that is not taken is posted again after `firstMs`, then twice that …, and given up after `giveUpMs`. */
export interface WebhookRetry {
  readonly firstMs: number
  readonly giveUpMs: number
}

const RETRY: WebhookRetry = { firstMs: 1_000, giveUpMs: 5 * 60_000 }
const MAX_RETRY_DELAY_MS = 60_000
/** What happens within this time goes into one request. */
const BATCH_MS = 50
const MAX_BATCH = 100
const MAX_WAITING = 10_000
const REQUEST_TIMEOUT_MS = 10_000
/** How long a closing server tries to get rid of what waits. */
const CLOSE_MS = 2_000

/**
 * Posts events to the application, in order, one request at a time. When `MAX_WAITING` wait, because the
 * application is down or slow, newer ones are dropped and logged.
 */
export class Webhooks {
  readonly #deps: WebhooksDeps
  readonly #retry: WebhookRetry
  #waiting: WebhookEvent[] = []
  #dropped = 0
  #sending: Promise<void> | undefined
  readonly #closing = new AbortController()

  constructor(deps: WebhooksDeps) {
    this.#deps = deps
    this.#retry = deps.retry ?? RETRY
  }

  add(event: WebhookEvent): void {
    if (this.#waiting.length >= MAX_WAITING) this.#dropped++
    else this.#waiting.push(event)
    this.#sending ??= this.#sendAll()
  }

  async close(): Promise<void> {
    if (!this.#sending) return
    const timer = setTimeout(() => this.#closing.abort(), CLOSE_MS)
    await this.#sending
    clearTimeout(timer)
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closing.signal.aborted) {
      if (this.#waiting.length < MAX_BATCH) await sleep(BATCH_MS)
      await this.#deliver(this.#waiting.splice(0, MAX_BATCH))
    }
    const count = this.#dropped + this.#waiting.length
    if (count > 0) this.#deps.log.warn({ count }, 'webhook events were dropped')
    this.#dropped = 0
    this.#sending = undefined
  }

  async #deliver(events: readonly WebhookEvent[]): Promise<void> {
    const body = JSON.stringify({ time_ms: Math.floor(this.#deps.clock.nowMicros() / 1000), events })
    const giveUpAt = performance.now() + this.#retry.giveUpMs
    for (let delayMs = this.#retry.firstMs; ; delayMs = Math.min(delayMs * 2, MAX_RETRY_DELAY_MS)) {
      const refusal = await this.#post(body)
      if (!refusal) return
      if (this.#closing.signal.aborted || performance.now() + delayMs > giveUpAt) {
        this.#deps.log.warn({ ...refusal, count: events.length }, 'a webhook was given up')
        return
      }
      await sleep(delayMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
    }
  }

  /** Undefined when it was taken. */
  async #post(body: string): Promise<{ status: number } | { failure: Failure } | undefined> {
    const { url, signatures } = this.#deps
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'x-pusher-key': signatures.key,
          'x-pusher-signature': signatures.sign(body),
        },
        signal: AbortSignal.any([AbortSignal.timeout(REQUEST_TIMEOUT_MS), this.#closing.signal]),
      })
      await response.body?.cancel()
      return response.ok ? undefined : { status: response.status }
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
  // What happened is behind a "fetch failed".
  const { name, message, code }: Error & { code?: unknown } =
    error.cause instanceof Error ? error.cause : error
  return { name, ...(typeof code === 'string' && { code }), message }
}
