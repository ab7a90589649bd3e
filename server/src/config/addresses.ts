import { isIP } from 'node:net'
import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'

export function originsOf(settings: SettingsReader): readonly string[] {
  const text = settings.text('CORS_ALLOW_ORIGIN') ?? 'http://localhost:5173'
  return text.split(',').map((entry) => {
    const origin = originOf(entry.trim())
    if (origin !== undefined) return origin
    const why = entry.includes('*') ? "; a wildcard would let any page use its visitors' cookies" : ''
    throw new SettingRefusal(
      `CORS_ALLOW_ORIGIN has "${entry.trim()}" where an origin belongs, such as https://chat.example.org${why}.`,
    )
  })
}

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

const PROXY_RANGES = new Set(['loopback', 'linklocal', 'uniquelocal'])

export function trustedProxiesOf(settings: SettingsReader): readonly string[] {
  const entries =
    settings
      .text('TRUSTED_PROXIES')
      ?.split(',')
      .map((entry) => entry.trim()) ?? []
  for (const entry of entries) {
    const [address, bits, ...rest] = entry.split('/')
    const isRange =
      bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address ?? '') === 4 ? 32 : 128))
    if (PROXY_RANGES.has(entry) || (isIP(address ?? '') !== 0 && isRange && rest.length === 0)) continue
    throw new SettingRefusal(
      `TRUSTED_PROXIES has "${entry}" where an address or range belongs, such as 10.0.0.7, 10.0.0.0/8 or loopback.`,
    )
  }
  return entries
}
