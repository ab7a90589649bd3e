import { register } from '@parlance/client'
import type { FrameLog } from './frames.ts'
import { ask } from './json-api.ts'
import type { DialectName } from './pane-client.ts'
import { Refusal } from './pane-client.ts'
import { recordedFetch } from './recorded.ts'

/** Somebody that the playground has made. The password is known to this browser alone. */
export interface Person {
  readonly name: string
  readonly username: string
  readonly password: string
}

/** A private conversation has two: no other kind can be entered from all six dialects. */
export type People = readonly [Person, Person]

const KEPT_AS = 'parlance.playground'

const randomText = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => (byte % 36).toString(36)).join('')

export function newPeople(): People {
  const ending = randomText(5)
  const person = (name: string): Person => ({
    name,
    username: `${name.toLowerCase()}-${ending}`,
    password: randomText(24),
  })
  return [person('Ada'), person('Ben')]
}

export function keptPeople(): People | undefined {
  try {
    return JSON.parse(localStorage.getItem(KEPT_AS) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

export const keepPeople = (people: People): void => localStorage.setItem(KEPT_AS, JSON.stringify(people))
export const forgetPeople = (): void => localStorage.removeItem(KEPT_AS)

type Logs = Readonly<Record<DialectName, FrameLog>>

/** Registers both, each through another dialect. Throws a `Refusal` or a `ParlanceError`. */
export async function registerBoth(
  [ada, ben]: People,
  dialects: readonly string[],
  logs: Logs,
): Promise<void> {
  const isOn = (name: DialectName) => dialects.includes(name)
  await (isOn('rooms') ? overRooms(ada, logs.rooms) : overNative(ada, logs.native))
  await (isOn('channels') ? overChannels(ben, logs.channels) : overNative(ben, logs.native))
}

/** Most often it takes no new accounts. */
const NO_PEOPLE =
  'The server would not make the two accounts that speak here. With REGISTRATION=closed it makes none. It said:'

async function overRooms({ username: login, password, name }: Person, log: FrameLog): Promise<void> {
  const { body, text } = await ask(recordedFetch(log), '/register', {
    json: { login, password, username: name },
  })
  if (!(body as { ok?: boolean } | undefined)?.ok) throw new Refusal(`${NO_PEOPLE} ${text}`)
}

async function overChannels({ username, password }: Person, log: FrameLog): Promise<void> {
  const { status, text } = await ask(recordedFetch(log), '/api/register', { json: { username, password } })
  if (status !== 201) throw new Refusal(`${NO_PEOPLE} ${text}`)
}

async function overNative({ username, password, name }: Person, log: FrameLog): Promise<void> {
  await register(location.origin, { username, password, displayName: name }, { fetch: recordedFetch(log) })
}
