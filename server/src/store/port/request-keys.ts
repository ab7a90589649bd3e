import type { Micros } from '../../lib/clock.ts'

/** For so long a repeat is answered with the first result. */
export const REQUEST_KEY_LIFE: Micros = 24 * 3600 * 1_000_000
/** Keys of one account; one more and the oldest is forgotten. */
export const MAX_REQUEST_KEYS = 1_000

/**
 * Names a request of an account that creates something, in the same transaction. The same key again, of the same
 * operation and digest, creates nothing and answers the first result. Any other use of it refuses
 * 'idempotency_key_reused'. A request that is refused spends no key.
 */
export interface RequestKey {
  readonly key: string
  readonly operation: string
  readonly digest: string
  /** Kept for the caller, who gets the first request's back. */
  readonly nonce: string | null
}
