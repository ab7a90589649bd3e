import { settingsPart } from '../../lib/settings.ts'

export interface GroupsSettings {
  /** Whether names without a password may be made and used. */
  readonly guestsAllowed: boolean
}

export const GROUPS_SETTINGS = settingsPart({
  names: ['GROUPS_GUESTS'],
  prefixes: [],
  read: (settings): GroupsSettings => ({ guestsAllowed: settings.flag('GROUPS_GUESTS') ?? true }),
})
