import { deriveKey } from '../../lib/derive-key.ts'
import type { DialectRow } from '../dialect-row.ts'
import { MESSENGER_SETTINGS, type MessengerSettings } from './settings.ts'

export const MESSENGER: DialectRow<'messenger', MessengerSettings> = {
  settings: MESSENGER_SETTINGS,
  sharedPaths: { '/register': { key: 'email' }, '/login': { key: 'usernameOrEmail' } },
  preflights: () => [],
  rawTcp: 'none',
  firstAccount: {
    path: '/register',
    body: '{"username":"alice","email":"alice@example.org","password":"correct horse"}',
  },
  async mount({ chat, lines, clock, limits, answers, addressOf, log, secrets }) {
    const { mountMessenger } = await import('./index.ts')
    const tokenKey = deriveKey(secrets.root, 'messenger')
    return mountMessenger({ chat, lines, clock, limits, answers, addressOf, log, tokenKey })
  },
}
