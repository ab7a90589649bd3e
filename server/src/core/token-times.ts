import { type Clock, MICROS_PER_SECOND, type Micros, secondsOf } from '../lib/clock.ts'
import type { Account } from './types.ts'

/** Seconds by which nodes' clocks may differ: with more, nobody can tell which of two events came first. */
const MAX_SKEW_SECONDS = 60

/** Seconds after which every revocation by another process has been noticed. */
const NOTICED_SECONDS = 600

/**
 * Dates stateless tokens, in whole seconds. Tells whether their account has been revoked since, even when the
 * machine's clock was set back between the two.
 */
export class TokenTimes {
  readonly #clock: Clock
  /** The latest time of issue so far: a revocation comes after it, whatever the clock says by then. */
  #latestIssue = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The time of issue of a token made now: after the account's last revocation, even if that was dated ahead. */
  issue({ credentialsSince }: Pick<Account, 'credentialsSince'>): number {
    const issuedAt = Math.max(secondsOf(this.#clock.nowMicros()), secondsOf(credentialsSince) + 1)
    this.#latestIssue = Math.max(this.#latestIssue, issuedAt)
    return issuedAt
  }

  revocation(): Micros {
    return Math.max(this.#clock.nowMicros(), this.#latestIssue * MICROS_PER_SECOND)
  }

  /**
   * Whether a revocation by another process is dated before tokens of this one although it came after them: the
   * clock was set back in between. Those tokens would be valid again once the clock has caught up. A revocation of long
   * ago is none that has just been noticed.
   */
  isTooEarly(credentialsSince: Micros): boolean {
    const [now, since] = [secondsOf(this.#clock.nowMicros()), secondsOf(credentialsSince)]
    const isSetBack = this.#latestIssue > now + MAX_SKEW_SECONDS
    return isSetBack && since < this.#latestIssue && since > now - NOTICED_SECONDS
  }

  /**
   * Counts in whole seconds: a token of the very second of a revocation is void. A token dated ahead of both now and
   * the revocation is void too. It was made before the clock was set back, and nobody knows which came first.
   */
  isVoid(issuedAt: number, { credentialsSince }: Pick<Account, 'credentialsSince'>): boolean {
    if (credentialsSince === 0) return false
    const since = secondsOf(credentialsSince)
    const now = secondsOf(this.#clock.nowMicros())
    return issuedAt <= since || issuedAt > Math.max(since, now) + MAX_SKEW_SECONDS
  }
}
