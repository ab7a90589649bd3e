import { SettingRefusal, settingsPart } from '../../lib/settings.ts'
import { presenceNamesOf } from './presence-setting.ts'
import { PUSHER_NAMES, type PusherSettings, pusherOf } from './pusher-settings.ts'

export interface ChannelsSettings {
  /** Messages that a history has at most. */
  readonly historyLimit: number
  readonly tokenTtlSeconds: number
  /** Whether a Pusher connection ends when the last token that signed one of its subscriptions does. */
  readonly endsWithToken: boolean
  /** Presence channels that every account may enter; `*` stands for any characters. */
  readonly presenceNames: readonly string[]
  readonly pusher: PusherSettings
}

export const CHANNELS_SETTINGS = settingsPart({
  names: [
    'CHANNELS_HISTORY_LIMIT',
    'CHANNELS_TOKEN_TTL',
    'CHANNELS_END_WITH_TOKEN',
    'CHANNELS_PRESENCE',
    ...PUSHER_NAMES,
  ],
  prefixes: ['PUSHER_'],
  read: (settings): ChannelsSettings => {
    const pusher = pusherOf(settings)
    const endsWithToken = settings.flag('CHANNELS_END_WITH_TOKEN') ?? false
    if (endsWithToken && pusher.cluster) {
      throw new SettingRefusal(
        'CHANNELS_END_WITH_TOKEN ends connections of the built-in Pusher server, which PUSHER_CLUSTER turns off; set one of the two.',
      )
    }
    return {
      historyLimit: settings.integer('CHANNELS_HISTORY_LIMIT', { from: 1, to: 100_000 }) ?? 1000,
      tokenTtlSeconds: settings.integer('CHANNELS_TOKEN_TTL', { from: 1, to: 31_536_000 }) ?? 900,
      endsWithToken,
      presenceNames: presenceNamesOf(settings),
      pusher,
    }
  },
})
