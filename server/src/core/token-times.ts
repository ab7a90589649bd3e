import { type Clock, MICROS_PER_SECOND, type Micros, secondsOf } from '../lib/clock.ts'
import type { Account } from './types.ts'

/** Nodes whose clocks differ by more cannot tell what came first. */
const MAX_SKEW_SECONDS = 60

/**
 * When stateless tokens were issued, in whole seconds, and whether the account has been revoked since. This holds also
 * when the machine's clock is set back between the two.
 */
export class TokenTimes {
  readonly #clock: Clock
  /** The latest time of issue so far: a revocation comes after it, whatever the clock says by then. */
  #latestIssue = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** When a token that is made now is issued: after the account's last revocation, even if that was dated ahead. */
  issue({ credentialsSince }: Pick<Account, 'credentialsSince'>): number {
    const issuedAt = Math.max(secondsOf(this.#clock.nowMicros()), secondsOf(credentialsSince) + 1)
    this.#latestIssue = Math.max(this.#latestIssue, issuedAt)
    return issuedAt
  }

  revocation(): Micros {
    return Math.max(this.#clock.nowMicros(), this.#latestIssue * MICROS_PER_SECOND)
  }

  /**
   * Whether a revocation that another process has made is dated before tokens of this one although it came after
   * them: the clock was set back in between. Those tokens would be good again when the clock has reached them.
   */
  isTooEarly(credentialsSince: Micros): boolean {
    const isSetBack = this.#latestIssue > secondsOf(this.#clock.nowMicros()) + MAX_SKEW_SECONDS
    return isSetBack && secondsOf(credentialsSince) < this.#latestIssue
  }

  /**
   * In whole seconds: a token of the very second of a revocation is void. So is one that is dated ahead of both now
   * and the revocation: it was made before the clock was set back, and nobody knows which came first.
   */
  isVoid(issuedAt: number, { credentialsSince }: Pick<Account, 'credentialsSince'>): boolean {
    if (credentialsSince === 0) return false
    const since = secondsOf(credentialsSince)
    const now = secondsOf(this.#clock.nowMicros())
    return issuedAt <= since || issuedAt > Math.max(since, now) + MAX_SKEW_SECONDS
  }
}
