import { createHmac } from 'node:crypto'
import { createSigner, createVerifier, TokenError } from 'fast-jwt'

export type Claims = Readonly<Record<string, unknown>>

type Verdict =
  | { readonly ok: true; readonly claims: Claims }
  | { readonly ok: false; readonly why: 'expired' | 'invalid' }

/** How many good tokens are remembered; one more and all are forgotten. */
const MAX_REMEMBERED = 10_000

/** Signs and verifies HS256 tokens that must expire. The algorithm is pinned. */
export class Tokens {
  readonly #sign: (claims: Record<string, unknown>) => string
  readonly #verify: (token: string) => Claims
  // A client sends the same token with every request, and the signature is the dearest part of a small one.
  readonly #remembered = new Map<string, { readonly claims: Claims; readonly expiresAtMs: number }>()

  constructor(key: string) {
    // `iat` is ours to leave out: some dialects document the exact claims.
    this.#sign = createSigner({ key, algorithm: 'HS256', noTimestamp: true })
    this.#verify = createVerifier({ key, algorithms: ['HS256'], requiredClaims: ['exp'], cache: false })
  }

  /** `expiresAt` in whole epoch seconds. */
  issue(claims: Claims, expiresAt: number): string {
    return this.#sign({ ...claims, exp: expiresAt })
  }

  verify(token: string): Verdict {
    const known = this.#remembered.get(token)
    if (known && Date.now() <= known.expiresAtMs) return { ok: true, claims: known.claims }
    try {
      const claims = this.#verify(token)
      this.#remember(token, claims)
      return { ok: true, claims }
    } catch (error) {
      if (!(error instanceof TokenError)) throw error
      return { ok: false, why: error.code === TokenError.codes.expired ? 'expired' : 'invalid' }
    }
  }

  #remember(token: string, claims: Claims): void {
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear()
    this.#remembered.set(token, { claims, expiresAtMs: Number(claims.exp) * 1000 })
  }
}

/** A key of its own for each purpose, so that a token made for one is worthless in another. */
export const deriveKey = (secret: string, purpose: string): string =>
  createHmac('sha256', secret).update(`parlance:${purpose}`).digest('base64url')
