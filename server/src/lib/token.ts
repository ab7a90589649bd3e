import { createHmac } from 'node:crypto'
import { createSigner, createVerifier, TokenError } from 'fast-jwt'

export type Claims = Readonly<Record<string, unknown>>

export type Verdict =
  | { readonly ok: true; readonly claims: Claims }
  | { readonly ok: false; readonly why: 'expired' | 'invalid' }

/** Signs and verifies HS256 tokens that must expire. The algorithm is pinned. */
export class Tokens {
  readonly #sign: (claims: Record<string, unknown>) => string
  readonly #verify: (token: string) => Claims

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
    try {
      return { ok: true, claims: this.#verify(token) }
    } catch (error) {
      if (!(error instanceof TokenError)) throw error
      return { ok: false, why: error.code === TokenError.codes.expired ? 'expired' : 'invalid' }
    }
  }
}

/** A key of its own for each purpose, so that a token made for one is worthless in another. */
export const deriveKey = (secret: string, purpose: string): string =>
  createHmac('sha256', secret).update(`parlance:${purpose}`).digest('base64url')
