import { signal } from '@preact/signals'
import type { DialectName, Said } from './pane-client.ts'

interface Arrival {
  readonly pane: DialectName
  /** Milliseconds since it was said, where that was in this page; else since it first arrived. */
  readonly ms: number
}

/** One message's way into the panes, in the order in which it arrived. */
export interface Relay {
  readonly id: number
  readonly text: string
  /** Undefined where it was said elsewhere, as with a copied command. */
  readonly from: DialectName | undefined
  readonly at: number
  readonly arrivals: readonly Arrival[]
}

const MOST = 30
/** Sends that wait to be seen again. One that never is was refused. */
const MOST_WAITING = 20

export const relays = signal<readonly Relay[]>([])
let waiting: readonly { from: DialectName; text: string; at: number }[] = []

export function forgetRelays(): void {
  relays.value = []
  waiting = []
}

/** Something is about to be said in that pane. */
export function beginRelay(from: DialectName, text: string): void {
  waiting = [...waiting, { from, text, at: performance.now() }].slice(-MOST_WAITING)
}

/** A pane shows a message that is news. Answers its way so far; undefined where the pane had shown it before. */
export function arrive(pane: DialectName, { id, text }: Said): Relay | undefined {
  const now = performance.now()
  const known = relays.peek().find((relay) => relay.id === id)
  if (known?.arrivals.some((arrival) => arrival.pane === pane)) return undefined
  const begun = known ?? begin(id, text, now)
  const relay = { ...begun, arrivals: [...begun.arrivals, { pane, ms: Math.round(now - begun.at) }] }
  const others = relays.peek().filter((other) => other !== known)
  relays.value = [...others, relay].sort((a, b) => a.id - b.id).slice(-MOST)
  return relay
}

function begin(id: number, text: string, now: number): Relay {
  const source = waiting.find((one) => one.text === text)
  waiting = waiting.filter((one) => one !== source)
  return { id, text, from: source?.from, at: source?.at ?? now, arrivals: [] }
}
