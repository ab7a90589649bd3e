import type { Entry } from '../outbox/entry.ts'
import type { Message, Person } from '../protocol.ts'
import type { Held } from './held.ts'
import type { Messages, PageQuery } from './messages.ts'
import { withDrafts } from './overlay.ts'
import type { Range } from './ranges.ts'

/** One row of a timeline. `key` stays the same for as long as it is the same to a reader. */
export type TimelineItem =
  | {
      readonly kind: 'message'
      readonly key: string
      readonly seq: number
      /** With what this client is about to change of it. */
      readonly message: Message
      /** The keys of one's own reactions, likewise. */
      readonly own: readonly string[]
      /** Changes of it on their way, or failed. */
      readonly pending: readonly Entry[]
    }
  | {
      readonly kind: 'deleted'
      readonly key: string
      readonly seq: number
      /** Null until the server has it. */
      readonly deletedAt: string | null
      /** Null where the message was never seen. */
      readonly sender: Person | null
      readonly pending: readonly Entry[]
    }
  /** Messages that are not loaded. */
  | {
      readonly kind: 'hole'
      readonly key: string
      readonly from: number
      readonly to: number
      /** Loads a page of it, beginning at one end. Throws a `ParlanceError`. */
      fill(side?: 'newer' | 'older', limit?: number): Promise<void>
    }
  /** A message of one's own on its way, after all others. */
  | { readonly kind: 'outgoing'; readonly key: string; readonly entry: Entry; readonly body: string }

/** The row of a place in the log that is loaded. */
export type SaidItem = Extract<TimelineItem, { readonly kind: 'message' | 'deleted' }>

const NOTHING: readonly Entry[] = []

/** A message with what this client is about to change of it, or its grave. */
export function itemOf(held: Held, pending: readonly Entry[], me: string): SaidItem {
  const { seq, message, deletedAt } = held
  const key = message?.clientId && message.sender.id === me ? message.clientId : String(seq)
  const isGoing = pending.some(({ draft, state }) => draft.kind === 'delete' && state !== 'failed')
  if (!message || deletedAt !== null || isGoing)
    return { kind: 'deleted', key, seq, deletedAt, sender: message?.sender ?? null, pending }
  return { kind: 'message', key, seq, pending, ...withDrafts({ message, held, pending, me }) }
}

/** The drafts of changes by the message that each is about. */
export const changesOf = (entries: readonly Entry[]): ReadonlyMap<number, readonly Entry[]> =>
  Map.groupBy(
    entries.filter(({ draft }) => draft.kind !== 'send'),
    ({ draft }) => (draft.kind === 'send' ? 0 : draft.seq),
  )

/** Rows of a timeline: those that have not changed are the same objects as before. */
export class TimelineItems {
  readonly #messages: Messages
  readonly #me: () => string
  readonly #load: (query: PageQuery) => Promise<void>
  readonly #shown = new WeakMap<Held, TimelineItem>()
  readonly #outgoing = new WeakMap<Entry, TimelineItem>()
  #holes = new Map<string, TimelineItem>()

  constructor(messages: Messages, me: () => string, load: (query: PageQuery) => Promise<void>) {
    this.#messages = messages
    this.#me = me
    this.#load = load
  }

  list(entries: readonly Entry[]): readonly TimelineItem[] {
    const changes = changesOf(entries)
    const { islands, holes } = this.#messages
    const items: TimelineItem[] = []
    for (const { range, isHole } of inOrder(islands, holes)) {
      if (isHole) items.push(this.#holeAt(range))
      else
        for (let seq = range.from; seq <= range.to; seq += 1) {
          const held = this.#messages.get(seq)
          if (held) items.push(this.#itemOf(held, changes.get(seq) ?? NOTHING))
        }
    }
    this.#holes = new Map(items.flatMap((item) => (item.kind === 'hole' ? [[item.key, item]] : [])))
    for (const entry of entries) if (this.#isOutgoing(entry)) items.push(this.#outgoingOf(entry))
    return items
  }

  #itemOf(held: Held, pending: readonly Entry[]): TimelineItem {
    const shown = pending.length === 0 ? this.#shown.get(held) : undefined
    if (shown) return shown
    const item = itemOf(held, pending, this.#me())
    if (pending.length === 0) this.#shown.set(held, item)
    return item
  }

  #holeAt({ from, to }: Range): TimelineItem {
    const key = `${from}-${to}`
    const fill = (side: 'newer' | 'older' = 'newer', limit = 50) =>
      this.#load(side === 'newer' ? { before: to + 1, limit } : { after: from - 1, limit })
    return this.#holes.get(key) ?? { kind: 'hole', key, from, to, fill }
  }

  /** Until its message is shown. */
  #isOutgoing({ draft, seq }: Entry): boolean {
    return draft.kind === 'send' && (seq === undefined || this.#messages.get(seq) === undefined)
  }

  #outgoingOf(entry: Entry): TimelineItem {
    const { draft, clientId: key } = entry
    const item = this.#outgoing.get(entry) ?? {
      kind: 'outgoing',
      key,
      entry,
      body: draft.kind === 'send' ? draft.body : '',
    }
    this.#outgoing.set(entry, item)
    return item
  }
}

const inOrder = (islands: readonly Range[], holes: readonly Range[]) =>
  [
    ...islands.map((range) => ({ range, isHole: false })),
    ...holes.map((range) => ({ range, isHole: true })),
  ].sort((a, b) => a.range.from - b.range.from)
