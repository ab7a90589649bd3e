import { DIALECT_NAMES, type DialectName } from '../../src/dialects/index.ts'
import { DEVICES, type Place } from '../support/clients/index.ts'
import { addresses, addressing, KINDS, type Participant, type World } from './world.ts'

// Data that must outlast a server, and the view that its people have of it afterwards.

export const GUEST = 'a-guest-who-stays'

export interface Life {
  /** A conversation of each kind. */
  readonly places: readonly Place[]
  /** The id of a message in the private conversation that was sent and deleted. */
  readonly deletedId: number
}

/** Something of everything that is stored. */
export async function live(
  world: World,
  [one, other, blocked]: readonly [Participant, Participant, Participant],
): Promise<Life> {
  const places: Place[] = []
  for (const { kind, opener, name } of KINDS) {
    const place = await world.open(one, opener, {
      kind,
      others: [other],
      ...(name !== undefined && { name }),
    })
    places.push(place)
    for (const who of [one, other])
      for (const dialect of addressing(kind))
        await who[dialect].send(place, `${who.username} over ${dialect}`)
  }
  const deletedId = await regret(one, placeIn(places, 'private'))
  await world.open(blocked, 'channels', { kind: 'private', others: [one] })
  await world.server.chat.contacts.block(one.account.accountId, blocked.account.accountId)
  await one.chatapp.ask({ type: 'add_contact', contact_username: other.username })
  const guest = (await DEVICES.groups.register(world.server, { username: GUEST })) as unknown[]
  if (guest[0] !== 'user_created') throw new Error(`the guest is not in: ${guest}`)
  return { places, deletedId }
}

async function regret(who: Participant, place: Place): Promise<number> {
  await who.rooms.send(place, 'something rash')
  const said = (await who.messenger.history(place)).find(({ text }) => text === 'something rash')
  await who.messenger.api.ok('DELETE', `/message/${said?.id}`)
  return Number(said?.id)
}

/** Every history and every title, as each dialect shows them. */
export async function everythingShownTo(
  who: Participant,
  places: readonly Place[],
): Promise<ReadonlyMap<DialectName, unknown>> {
  const everything = new Map<DialectName, unknown>()
  for (const dialect of DIALECT_NAMES) everything.set(dialect, await shownTo(who, dialect, places))
  return everything
}

export async function shownTo(
  who: Participant,
  dialect: DialectName,
  places: readonly Place[],
): Promise<unknown> {
  const all: unknown[] = []
  for (const place of places.filter(({ kind }) => addresses(dialect, kind)))
    all.push({ history: strip(await who[dialect].history(place)), title: await who[dialect].title(place) })
  return all
}

export function placeIn(places: readonly Place[], wanted: Place['kind']): Place {
  const place = places.find(({ kind }) => kind === wanted)
  if (!place) throw new Error(`nothing ${wanted} was opened`)
  return place
}

/** Drops undefined fields, which are on no wire. */
export const strip = (shown: readonly object[]): unknown => JSON.parse(JSON.stringify(shown))
