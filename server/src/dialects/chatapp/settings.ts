import { secretOf } from '../../lib/secret-setting.ts'
import { settingsPart } from '../../lib/settings.ts'
import { originsIn } from '../allowed-origins.ts'
import type { SameSite } from './wire.ts'

export interface ChatappSettings {
  /** Undefined: generated on first start. */
  readonly jwtSecret: string | undefined
  /** Origins of web front ends, exactly as browsers write them: `https://chat.example.org`. */
  readonly allowedOrigins: readonly string[]
  readonly cookieSameSite: SameSite
  /** Whether a connection ends when the token that opened it does. */
  readonly endsWithToken: boolean
}

export const CHATAPP_SETTINGS = settingsPart({
  names: ['JWTSECRET', 'CORS_ALLOW_ORIGIN', 'CHATAPP_COOKIE_SAMESITE', 'CHATAPP_END_WITH_TOKEN'],
  prefixes: [],
  read: (settings): ChatappSettings => ({
    jwtSecret: secretOf(settings, 'JWTSECRET'),
    allowedOrigins: originsIn(settings.text('CORS_ALLOW_ORIGIN')),
    cookieSameSite: settings.choice('CHATAPP_COOKIE_SAMESITE', ['lax', 'strict', 'none']) ?? 'lax',
    endsWithToken: settings.flag('CHATAPP_END_WITH_TOKEN') ?? false,
  }),
})
