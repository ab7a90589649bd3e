import { settingsPart } from '../../lib/settings.ts'

/** The dialect has none. */
export type MessengerSettings = Readonly<Record<string, never>>

export const MESSENGER_SETTINGS = settingsPart({
  names: [],
  prefixes: [],
  read: (): MessengerSettings => ({}),
})
