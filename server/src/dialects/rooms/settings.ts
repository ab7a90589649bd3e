import { settingsPart } from '../../lib/settings.ts'

export interface RoomsSettings {
  /** Messages a history has at most; 0 for all. */
  readonly historyLimit: number
  /** Whether the MD5 of a password logs its owner in there. False where the dialect is off. */
  readonly md5Passwords: boolean
}

export const ROOMS_SETTINGS = settingsPart({
  names: ['ROOMS_HISTORY_LIMIT', 'ROOMS_PASSWORD_DIGESTS'],
  prefixes: [],
  read: (settings, isOn): RoomsSettings => ({
    historyLimit: settings.integer('ROOMS_HISTORY_LIMIT', { from: 0, to: 1_000_000 }) ?? 1000,
    md5Passwords: isOn && (settings.flag('ROOMS_PASSWORD_DIGESTS') ?? true),
  }),
})
