import type { SameSite } from './wire.ts'

export interface ChatappSettings {
  /** Undefined: generated on first start. */
  readonly jwtSecret: string | undefined
  readonly allowedOrigins: readonly string[]
  readonly cookieSameSite: SameSite
  /** Whether a connection ends when the token that opened it does. */
  readonly endsWithToken: boolean
}
