import type { DialectRow } from '../dialect-row.ts'
import { CHATAPP_SETTINGS, type ChatappSettings } from './settings.ts'

export const CHATAPP: DialectRow<'chatapp', ChatappSettings> = {
  settings: CHATAPP_SETTINGS,
  sharedPaths: { '/register': 'otherwise', '/login': 'none' },
  preflights: ({ allowedOrigins }) => allowedOrigins,
  rawTcp: 'none',
  firstAccount: {
    path: '/register',
    body: '{"username":"alice","password":"correct horse","fullname":"Alice"}',
  },
  async mount({ chat, feeds, lines, clock, limits, answers, addressOf, log, secrets, tally }, settings) {
    const { mountChatapp } = await import('./index.ts')
    const {
      jwtSecret = secrets.jwtSecret,
      allowedOrigins,
      cookieSameSite: sameSite,
      endsWithToken,
    } = settings
    const own = { jwtSecret, allowedOrigins, sameSite, endsWithToken }
    return mountChatapp({ chat, feeds, lines, clock, limits, answers, addressOf, log, tally, ...own })
  },
}
