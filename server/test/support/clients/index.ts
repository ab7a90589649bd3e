import { randomBytes } from 'node:crypto'
import type { DialectName } from '../../../src/dialects/index.ts'
import { ChannelsDevice } from './channels.ts'
import { ChatappDevice } from './chatapp.ts'
import type { Person, Where } from './client.ts'
import { GroupsDevice } from './groups.ts'
import { MessengerDevice } from './messenger.ts'
import { RoomsDevice } from './rooms.ts'

export {
  type Called,
  type Client,
  type Opening,
  type Person,
  type Place,
  Refused,
  type Shown,
  type Stream,
  type Where,
} from './client.ts'

/** Each kind of client. `register` answers whatever the server said; `logIn` rejects with it when it is a refusal. */
export const DEVICES = {
  rooms: RoomsDevice,
  chatapp: ChatappDevice,
  groups: GroupsDevice,
  messenger: MessengerDevice,
  channels: ChannelsDevice,
} as const satisfies Readonly<Record<DialectName, object>>

/** Where an account with a password can be made. */
export const REGISTRARS = ['rooms', 'chatapp', 'messenger', 'channels'] as const
export type Registrar = (typeof REGISTRARS)[number]

/** Nobody, so far. */
export const someone = (hint: string): Person => ({
  username: `${hint}-${randomBytes(5).toString('hex')}`,
  password: `${hint}'s correct horse`,
})

/** One person's five devices, all logged in with the one password. */
export interface Devices {
  readonly rooms: RoomsDevice
  readonly chatapp: ChatappDevice
  readonly groups: GroupsDevice
  readonly messenger: MessengerDevice
  readonly channels: ChannelsDevice
}

export async function logInEverywhere(where: Where, person: Person): Promise<Devices> {
  const [rooms, chatapp, groups, messenger, channels] = await Promise.all([
    RoomsDevice.logIn(where, person),
    ChatappDevice.logIn(where, person),
    GroupsDevice.logIn(where, person),
    MessengerDevice.logIn(where, person),
    ChannelsDevice.logIn(where, person),
  ])
  return { rooms, chatapp, groups, messenger, channels }
}
