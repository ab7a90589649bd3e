import { createSigner, createVerifier, TokenError } from 'fast-jwt'
import { type Clock, MICROS_PER_SECOND, type Micros, systemClock } from './clock.ts'

export type Claims = Readonly<Record<string, unknown>>

export type Verdict =
  | { readonly ok: true; readonly claims: Claims; readonly expiresAt: Micros }
  | { readonly ok: false; readonly why: 'expired' | 'invalid' }

/** How many good tokens are remembered; one more and all are forgotten. */
const MAX_REMEMBERED = 10_000

/** Lead that the clock of another server that signs with the same key may have. */
const LEEWAY: Micros = 5 * MICROS_PER_SECOND

interface Remembered {
  readonly claims: Claims
  /** The later of `nbf` and `iat`. */
  readonly beginsAt: Micros
  readonly expiresAt: Micros
}

// The library would judge by a clock of its own, which no test can set.
const OWN_TIMES = { ignoreExpiration: true, ignoreNotBefore: true, cache: false } as const

/** Signs and verifies HS256 tokens that must expire. The algorithm is pinned. */
export class Tokens {
  readonly #sign: (claims: Record<string, unknown>) => string
  readonly #verify: (token: string) => Claims
  // A client sends the same token with every request, and the signature is the dearest part of a small one.
  readonly #remembered = new Map<string, Remembered>()

  readonly #clock: Clock

  /** `clock`: tokens expire by it. */
  constructor(key: string, clock: Clock = systemClock()) {
    this.#clock = clock
    // `iat` is ours to leave out: some dialects document the exact claims.
    this.#sign = createSigner({ key, algorithm: 'HS256', noTimestamp: true })
    this.#verify = createVerifier({ key, algorithms: ['HS256'], requiredClaims: ['exp'], ...OWN_TIMES })
  }

  /** `expiresAt` in whole epoch seconds. */
  issue(claims: Claims, expiresAt: number): string {
    return this.#sign({ ...claims, exp: expiresAt })
  }

  /** A token that begins more than 5 s from now, by `nbf` or `iat`, is as invalid as one of another key. */
  verify(token: string): Verdict {
    try {
      const { claims, beginsAt, expiresAt } = this.#remembered.get(token) ?? this.#read(token)
      const now = this.#clock.nowMicros()
      if (now > expiresAt) return { ok: false, why: 'expired' }
      return now + LEEWAY < beginsAt ? { ok: false, why: 'invalid' } : { ok: true, claims, expiresAt }
    } catch (error) {
      if (!(error instanceof TokenError)) throw error
      return { ok: false, why: 'invalid' }
    }
  }

  /** Throws the library's error unless the token is signed with the key. */
  #read(token: string): Remembered {
    const claims = this.#verify(token)
    const { exp, nbf = 0, iat = 0 } = claims
    const read = {
      claims,
      beginsAt: Math.max(timeOf(nbf), timeOf(iat)),
      expiresAt: timeOf(exp),
    }
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear()
    this.#remembered.set(token, read)
    return read
  }
}

/** The time of a token's claim, in seconds. Throws on another form: such a time would never come, or never be over. */
function timeOf(claim: unknown): Micros {
  if (typeof claim !== 'number' || !Number.isFinite(claim))
    throw new TokenError(TokenError.codes.invalidClaimType, 'a time must be a number')
  return claim * MICROS_PER_SECOND
}
