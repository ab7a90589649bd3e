import { type Clock, MICROS_PER_SECOND, type Micros } from '../lib/clock.ts'
import type { AccountId } from './types.ts'

/** Comings and goings of one account that its contacts hear of at once; after these, one a second. */
const TOLD_AT_ONCE = 60
/** Accounts that are counted before those are dropped whose allowance is full again. */
const SWEEP_AT = 10_000

interface Bucket {
  readonly tokens: number
  readonly at: Micros
}

/** Limits how often contacts hear that an account comes and goes: each of its connections could cause two events. */
export class StatusRate {
  readonly #clock: Clock
  readonly #buckets = new Map<AccountId, Bucket>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts one more event; false when it may not be told to contacts now. */
  take(accountId: AccountId): boolean {
    const now = this.#clock.nowMicros()
    const tokens = refilled(this.#buckets.get(accountId), now)
    if (tokens < 1) return false
    if (this.#buckets.size >= SWEEP_AT) this.#sweep(now)
    this.#buckets.set(accountId, { tokens: tokens - 1, at: now })
    return true
  }

  #sweep(now: Micros): void {
    for (const [accountId, bucket] of this.#buckets)
      if (refilled(bucket, now) >= TOLD_AT_ONCE) this.#buckets.delete(accountId)
  }
}

function refilled(bucket: Bucket | undefined, now: Micros): number {
  if (!bucket) return TOLD_AT_ONCE
  const { tokens, at } = bucket
  return Math.min(TOLD_AT_ONCE, tokens + Math.max(0, now - at) / MICROS_PER_SECOND)
}
