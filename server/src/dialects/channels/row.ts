import { deriveKey } from '../../lib/derive-key.ts'
import type { DialectRow } from '../dialect-row.ts'
import { CHANNELS_SETTINGS, type ChannelsSettings } from './settings.ts'

export { pusherCredentials } from './pusher-settings.ts'

export const CHANNELS: DialectRow<'channels', ChannelsSettings> = {
  settings: CHANNELS_SETTINGS,
  sharedPaths: { '/register': 'none', '/login': 'none' },
  preflights: () => [],
  rawTcp: 'none',
  firstAccount: { path: '/api/register', body: '{"username":"alice","password":"correct horse"}' },
  async mount(parts, settings) {
    const { mountChannels, openPusher } = await import('./index.ts')
    const { chat, bus, feeds, lines, clock, answers, limits, addressOf, log, secrets, tally } = parts
    const pusher = openPusher(parts, settings.pusher)
    const tokenKey = deriveKey(secrets.root, 'channels')
    const { historyLimit, tokenTtlSeconds, endsWithToken, presenceNames } = settings
    const own = { tokenKey, historyLimit, tokenTtlSeconds, endsWithToken, presenceNames, pusher }
    return mountChannels({ chat, bus, feeds, lines, clock, answers, limits, addressOf, log, tally, ...own })
  },
}
