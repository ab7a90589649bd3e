import type { DialectRow } from '../dialect-row.ts'
import { GROUPS_SETTINGS, type GroupsSettings } from './settings.ts'

export const GROUPS: DialectRow<'groups', GroupsSettings> = {
  settings: GROUPS_SETTINGS,
  sharedPaths: { '/register': 'none', '/login': 'none' },
  preflights: () => [],
  rawTcp: 'none',
  firstAccount: { words: "a Socket.IO client's find_user makes a guest" },
  async mount({ chat, feeds, lines, limits, answers, log, tally }, { guestsAllowed }) {
    const { mountGroups } = await import('./index.ts')
    return mountGroups({ chat, feeds, lines, limits, answers, log, tally, guestsAllowed })
  },
}
