import { CHANNELS } from './channels/row.ts'
import { CHATAPP } from './chatapp/row.ts'
import type { DialectRow } from './dialect-row.ts'
import { GROUPS } from './groups/row.ts'
import { MESSENGER } from './messenger/row.ts'
import type { DialectName } from './names.ts'
import { NATIVE } from './native/row.ts'
import { ROOMS } from './rooms/row.ts'

const ROWS = {
  rooms: ROOMS,
  chatapp: CHATAPP,
  groups: GROUPS,
  messenger: MESSENGER,
  channels: CHANNELS,
  native: NATIVE,
} satisfies { readonly [Name in DialectName]: DialectRow<Name> }

/** The settings of each dialect. */
export type DialectSettings = {
  readonly [Name in keyof typeof ROWS]: ReturnType<(typeof ROWS)[Name]['settings']['read']>
}

/** A row per dialect: its settings, paths, ports and mounting follow from it. */
export const DIALECTS: { readonly [Name in DialectName]: DialectRow<Name, DialectSettings[Name]> } = ROWS
