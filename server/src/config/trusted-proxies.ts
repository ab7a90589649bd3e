import { isIP } from 'node:net'
import { SettingRefusal } from '../lib/settings.ts'
import type { OwnSettings } from './names.ts'

const PROXY_RANGES = new Set(['loopback', 'linklocal', 'uniquelocal'])

export function trustedProxiesOf(settings: OwnSettings): readonly string[] {
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
