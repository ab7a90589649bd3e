import type { AuthoredMessage } from '../../src/core/chat.ts'
import { DIALECT_NAMES, type DialectName } from '../../src/dialects/index.ts'
import { type Place, Refused, type Shown } from '../support/clients/index.ts'
import type { Seen } from './expected.ts'
import { Gathering, type View } from './gathering.ts'
import { addressing, type OPENINGS, type Participant, type World } from './world.ts'

const MESSAGES_EACH = 3

/** All messages that somebody was shown over one transport, or in a history. */
export interface Showing {
  readonly label: string
  readonly view: View
  readonly how: Seen['how']
  readonly shown: readonly Shown[]
}

/** Messages that one of two people sent from all devices at once, with everything that both were shown. */
export interface Talk {
  readonly place: Place
  readonly speaker: Participant
  readonly listener: Participant
  readonly facts: readonly AuthoredMessage[]
  readonly showings: readonly Showing[]
  readonly titles: ReadonlyMap<View, unknown>
  /** How the server answered those devices that cannot name the conversation. */
  readonly refusals: ReadonlyMap<DialectName, unknown>
}

export async function holdTalk(
  world: World,
  { kind, opener, name }: (typeof OPENINGS)[number],
  [speaker, listener]: readonly [Participant, Participant],
): Promise<Talk> {
  const opening = { kind, others: [listener], ...(name !== undefined && { name }) }
  const place = await world.open(speaker, opener, opening)
  const gathering = await Gathering.at(world, place, [speaker, listener])
  await Promise.all(addressing(kind).map((dialect) => sayAll(speaker, dialect, place)))
  const refusals = await refusalsOf(speaker, place)
  const facts = await gathering.settled()
  const showings = (await Promise.all(gathering.views.map(showingsOf))).flat()
  const titles = new Map<View, unknown>()
  for (const view of gathering.views) titles.set(view, await view.who[view.dialect].title(place))
  return { place, speaker, listener, facts, showings, titles, refusals }
}

export const isFrom = (dialect: DialectName, { text }: { readonly text: string }): boolean =>
  text.startsWith(`over ${dialect},`)

/** In the order in which they are sent. */
export const textsFrom = (dialect: DialectName): readonly string[] =>
  Array.from(
    { length: MESSAGES_EACH },
    (_, at) => `over ${dialect}, number ${at + 1}: ¿qué tal? 👋🏽 "<&>'\\`,
  )

async function sayAll(who: Participant, dialect: DialectName, place: Place): Promise<void> {
  for (const text of textsFrom(dialect)) await who[dialect].send(place, text)
}

async function refusalsOf(who: Participant, place: Place): Promise<ReadonlyMap<DialectName, unknown>> {
  const refusals = new Map<DialectName, unknown>()
  for (const dialect of DIALECT_NAMES.filter((one) => !addressing(place.kind).includes(one))) {
    await sayAll(who, dialect, place).catch((error) => {
      refusals.set(dialect, error instanceof Refused ? error.answer : error)
    })
  }
  return refusals
}

async function showingsOf(view: View): Promise<Showing[]> {
  const live = view.streams.map(({ transport, shown }) => ({
    label: `${view.who.username}, live over ${transport}`,
    view,
    how: 'live' as const,
    shown,
  }))
  const label = `${view.who.username}, in the history`
  return [...live, { label, view, how: 'in the history', shown: await view.history() }]
}
