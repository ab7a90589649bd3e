import { ParlanceError } from '@parlance/client'
import { signal } from '@preact/signals'
import { openChannels } from './dialects/channels.ts'
import { openChatapp } from './dialects/chatapp.ts'
import { openGroups } from './dialects/groups.ts'
import { openMessenger } from './dialects/messenger.ts'
import { findPlace, openNative } from './dialects/native.ts'
import { openRooms } from './dialects/rooms.ts'
import { Pane } from './pane.ts'
import type { DialectName, Place } from './pane-client.ts'
import { forgetPeople, keepPeople, keptPeople, newPeople, type People, registerBoth } from './people.ts'
import { forgetRelays } from './relay.ts'

interface About {
  readonly isOpen: boolean
  readonly dialects: readonly string[]
  readonly pusherKey: string | null
  readonly hasRawTcp: boolean
}

type State =
  | { readonly is: 'beginning' }
  | { readonly is: 'failed'; readonly reason: string }
  | { readonly is: 'on'; readonly people: People; readonly place: Place; readonly about: About }

export const state = signal<State>({ is: 'beginning' })

/** In the order in which they stand; the two people take turns. */
export const panes = [
  new Pane('rooms', 0, openRooms),
  new Pane('chatapp', 1, openChatapp),
  new Pane('groups', 0, openGroups),
  new Pane('messenger', 1, openMessenger),
  new Pane('channels', 0, openChannels),
  new Pane('native', 1, openNative),
] as const

const paneOf = (name: DialectName): Pane => panes.find((pane) => pane.name === name) as Pane
const logs = Object.fromEntries(panes.map(({ name, log }) => [name, log])) as Record<DialectName, Pane['log']>

export const isOn = (name: DialectName): boolean =>
  state.value.is !== 'on' || state.value.about.dialects.includes(name)

/** Makes the two people and their conversation, or finds those of last time, and connects all panes. */
export async function begin(): Promise<void> {
  state.value = { is: 'beginning' }
  try {
    const about = (await (await fetch('/playground/about')).json()) as About
    const { people, place } = (await goOn()) ?? (await beginAnew(about))
    state.value = { is: 'on', people, place, about }
    await Promise.all(panes.filter(({ name }) => isOn(name)).map((pane) => reopen(pane)))
  } catch (error) {
    state.value = { is: 'failed', reason: (error as Error).message }
  }
}

/** Other people, and so another conversation. */
export async function startOver(): Promise<void> {
  for (const pane of panes) {
    pane.close()
    pane.log.clear()
  }
  forgetPeople()
  forgetRelays()
  await begin()
}

/** Lets a pane go on as the other person. */
export async function changeTo(pane: Pane, who: 0 | 1): Promise<void> {
  pane.who.value = who
  await reopen(pane)
}

async function reopen(pane: Pane): Promise<void> {
  const current = state.value
  if (current.is !== 'on') return
  const { people, place, about } = current
  await pane.open({ people, place, ...about })
}

interface Meeting {
  readonly people: People
  readonly place: Place
}

/** Undefined where this browser knows nobody, or the server does not know them any more. */
async function goOn(): Promise<Meeting | undefined> {
  const people = keptPeople()
  if (!people) return undefined
  try {
    return { people, place: await placeOf(people) }
  } catch (error) {
    if (error instanceof ParlanceError && error.code === 'wrong_credentials') return undefined
    throw error
  }
}

async function beginAnew({ dialects }: About): Promise<Meeting> {
  const people = newPeople()
  await registerBoth(people, dialects, logs)
  keepPeople(people)
  return { people, place: await placeOf(people) }
}

function placeOf([ada, ben]: People): Promise<Place> {
  const native = paneOf('native')
  const [person, other] = native.who.peek() === 0 ? [ada, ben] : [ben, ada]
  return findPlace({ person, other, log: native.log })
}
