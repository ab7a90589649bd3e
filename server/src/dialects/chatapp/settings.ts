import { secretOf } from '../../lib/secret-setting.ts'
import { SettingRefusal, settingsPart } from '../../lib/settings.ts'
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
    allowedOrigins: originsIn(settings.text('CORS_ALLOW_ORIGIN') ?? 'http://localhost:5173'),
    cookieSameSite: settings.choice('CHATAPP_COOKIE_SAMESITE', ['lax', 'strict', 'none']) ?? 'lax',
    endsWithToken: settings.flag('CHATAPP_END_WITH_TOKEN') ?? false,
  }),
})

const originsIn = (text: string): readonly string[] =>
  text.split(',').map((entry) => {
    const origin = originOf(entry.trim())
    if (origin !== undefined) return origin
    const why = entry.includes('*') ? "; a wildcard would let any page use its visitors' cookies" : ''
    throw new SettingRefusal(
      `CORS_ALLOW_ORIGIN has "${entry.trim()}" where an origin belongs, such as https://chat.example.org${why}.`,
    )
  })

/** Origins of pages inside applications: capacitor://localhost, tauri://localhost, chrome-extension://<id>. */
const APPLICATION_ORIGIN = /^(?!(?:wss?|ftp|file|blob|data|javascript):)[a-z][-+.a-z\d]*:\/\/[^\s/?#@*]+$/i

/** The origin as browsers send it: without the scheme's default port, and without a slash at the end. */
function originOf(text: string): string | undefined {
  if (!URL.canParse(text) || text.includes('*')) return undefined
  const { protocol, origin, href } = new URL(text)
  if (protocol === 'http:' || protocol === 'https:') return href === `${origin}/` ? origin : undefined
  const bare = text.replace(/\/$/, '')
  return APPLICATION_ORIGIN.test(bare) ? bare.replace(/^[^:]*/, (scheme) => scheme.toLowerCase()) : undefined
}
