import { SettingRefusal, settingsPart } from '../../lib/settings.ts'
import { originsIn } from '../allowed-origins.ts'

export interface NativeSettings {
  /** Where people reach the server, without a path; undefined: wherever they reached it. */
  readonly publicUrl: URL | undefined
  /** Origins whose pages may ask with a token. */
  readonly allowedOrigins: readonly string[]
}

export const NATIVE_SETTINGS = settingsPart({
  names: ['PUBLIC_URL', 'CORS_ALLOW_ORIGIN'],
  prefixes: [],
  read: (settings): NativeSettings => ({
    publicUrl: urlIn(settings.text('PUBLIC_URL')),
    allowedOrigins: originsIn(settings.text('CORS_ALLOW_ORIGIN')),
  }),
})

function urlIn(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`
  if (isPlain) return url
  throw new SettingRefusal(
    `PUBLIC_URL is "${text}"; write an address such as https://chat.example.org, without a path.`,
  )
}
