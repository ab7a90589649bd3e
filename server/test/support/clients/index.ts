import { randomBytes } from 'node:crypto'
import { DIALECT_NAMES, type DialectName } from '../../../src/dialects/index.ts'
import { ChannelsDevice } from './channels.ts'
import { ChatappDevice } from './chatapp.ts'
import type { Person, Where } from './client.ts'
import { GroupsDevice } from './groups.ts'
import { MessengerDevice } from './messenger.ts'
import { NativeDevice } from './native.ts'
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
  native: NativeDevice,
} as const satisfies Readonly<Record<DialectName, object>>

/** Whether an account with a password can be made there. */
const REGISTERS = {
  rooms: true,
  chatapp: true,
  groups: false,
  messenger: true,
  channels: true,
  native: true,
} as const satisfies Readonly<Record<DialectName, boolean>>

export type Registrar = {
  [Name in DialectName]: (typeof REGISTERS)[Name] extends true ? Name : never
}[DialectName]

export const REGISTRARS = DIALECT_NAMES.filter((name): name is Registrar => REGISTERS[name])

/** Nobody, so far. */
export const someone = (hint: string): Person => ({
  username: `${hint}-${randomBytes(5).toString('hex')}`,
  password: `${hint}'s correct horse`,
})

/** One person's devices, one of each kind, all logged in with the one password. */
export type Devices = {
  readonly [Name in keyof typeof DEVICES]: Awaited<ReturnType<(typeof DEVICES)[Name]['logIn']>>
}

/** Rejects as the first device that is refused; what the others have opened is closed then. */
export async function logInEverywhere(where: Where, person: Person): Promise<Devices> {
  const logIn = async (name: DialectName) => [name, await DEVICES[name].logIn(where, person)] as const
  const attempts = await Promise.allSettled(DIALECT_NAMES.map(logIn))
  const refused = attempts.find((attempt) => attempt.status === 'rejected')
  const devices = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
  if (!refused) return Object.fromEntries(devices) as Devices
  for (const [, device] of devices) await device.close()
  throw refused.reason
}
