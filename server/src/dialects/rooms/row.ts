import type { DialectRow } from '../dialect-row.ts'
import { ROOMS_SETTINGS, type RoomsSettings } from './settings.ts'

export const ROOMS: DialectRow<'rooms', RoomsSettings> = {
  settings: ROOMS_SETTINGS,
  sharedPaths: { '/register': { key: 'login' }, '/login': 'otherwise' },
  preflights: () => 'others',
  rawTcp: { defaultPort: 2004 },
  firstAccount: {
    path: '/register',
    body: '{"login":"alice","password":"correct horse","username":"Alice"}',
  },
  async mount({ chat, feeds, lines, limits, answers, addressOf, log, tally }, { historyLimit }) {
    const { mountRooms } = await import('./index.ts')
    return mountRooms({ chat, feeds, lines, limits, answers, addressOf, log, tally, historyLimit })
  },
}
