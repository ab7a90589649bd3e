import type { ChannelsSettings, PusherSettings } from './channels/index.ts'
import type { ChatappSettings } from './chatapp/index.ts'
import type { GroupsSettings } from './groups/index.ts'
import type { DialectName } from './names.ts'
import type { RoomsSettings } from './rooms/index.ts'

/** The settings of the dialects: which are on, and what each is told. */
export interface DialectSettings {
  readonly dialects: readonly DialectName[]
  readonly rooms: RoomsSettings
  readonly chatapp: ChatappSettings
  readonly groups: GroupsSettings
  readonly channels: ChannelsSettings
  readonly pusher: PusherSettings
}
