import { isIP } from 'node:net'
import { SettingRefusal, type SettingsReader } from '../lib/settings.ts'

export function originsOf(settings: SettingsReader): readonly string[] {
  const text = settings.text('CORS_ALLOW_ORIGIN') ?? 'http://localhost:5173'
  return text.split(',').map((entry) => {
    const origin = entry.trim().replace(/\/$/, '')
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      const why = origin.includes('*') ? "; a wildcard would let any page use its visitors' cookies" : ''
      throw new SettingRefusal(
        `CORS_ALLOW_ORIGIN has "${entry.trim()}" where an origin belongs, such as https://chat.example.org${why}.`,
      )
    }
    return origin
  })
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
