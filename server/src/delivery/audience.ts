import type { AccountId, ConversationEvent } from '../core/chat.ts'
import type { Tally } from '../lib/tally.ts'
import { unreachable } from '../lib/unreachable.ts'
import { Batch, type Frame } from './frame.ts'
import type { Sink } from './sink.ts'
import { type Knowing, SinksAhead } from './sinks-ahead.ts'

/** The frame of an event that differs by who hears it. */
export type PersonalFrame = (accountId: AccountId) => Frame

/** One event in a dialect's bytes; undefined when the dialect has no word for it. Has no effect of its own. */
export type Render = (event: ConversationEvent) => Frame | PersonalFrame | undefined

/** Told once for each event that has a frame: how many sinks were given it. */
export type OnTold = (event: ConversationEvent, sinks: number) => void

/** Counts what connections are told, where each has a sink of its own. */
export const countingInto =
  (tally: Tally): OnTold =>
  (_event, sinks) => {
    tally.delivered += sinks
  }

/** A sink on its way in, whose events wait. One object, as a client that comes back has hundreds of them. */
class Joining implements Hold {
  readonly #audience: Audience
  readonly #sink: Sink
  readonly accountId: AccountId | undefined
  isDeaf: boolean
  /** Undefined while there are none. */
  held: ConversationEvent[] | undefined

  constructor(audience: Audience, sink: Sink, { accountId, isDeaf }: Pick<Joining, 'accountId' | 'isDeaf'>) {
    this.#audience = audience
    this.#sink = sink
    this.accountId = accountId
    this.isDeaf = isDeaf
  }

  release(lastChange: number): void {
    this.#audience.endJoin(this.#sink, this, { lastChange })
  }
}

/** A join whose events wait. */
export interface Hold {
  /** Nothing happens if the sink has left meanwhile. */
  release(lastChange: number): void
}

/** A frame for all sinks, and the account that caused it. */
interface Rendered {
  readonly frame: Frame
  readonly originId: AccountId | undefined
}

/** The sinks of one conversation in one dialect. An event is rendered once, however many listen. */
export class Audience {
  readonly #render: Render
  readonly #onTold: OnTold | undefined
  readonly #sinks = new Map<Sink, AccountId | undefined>()
  // Sinks that are reading the log: events that arrive meanwhile wait for the cutover.
  readonly #joining = new Map<Sink, Joining>()
  // Sinks whose account has left; their dialect may not know it yet.
  readonly #deaf = new Map<Sink, AccountId | undefined>()
  readonly #ahead = new SinksAhead()
  #batch: Batch | undefined
  // Sinks that came while `#batch` was open, with batches of their own. All others share that one: sealing it at each
  // arrival would make a batch for everybody at each.
  readonly #late = new Map<Sink, Batch | undefined>()

  constructor(render: Render, onTold?: OnTold) {
    this.#render = render
    this.#onTold = onTold
  }

  get isEmpty(): boolean {
    return this.#sinks.size === 0 && this.#joining.size === 0 && this.#deaf.size === 0
  }

  has(sink: Sink): boolean {
    return this.#sinks.has(sink) || this.#joining.has(sink) || (this.#deaf.size > 0 && this.#deaf.has(sink))
  }

  /** The account as whose the sink is here; undefined also when it is not. */
  accountOf(sink: Sink): AccountId | undefined {
    return this.#sinks.get(sink) ?? this.#joining.get(sink)?.accountId ?? this.#deaf.get(sink)
  }

  add(sink: Sink, accountId: AccountId | undefined): void {
    if (!this.#sinks.has(sink)) this.#ahead.addBehind(sink)
    this.#enter(sink, accountId)
  }

  #enter(sink: Sink, accountId: AccountId | undefined): void {
    this.#joining.delete(sink)
    if (this.#isDeaf(sink, accountId)) return
    this.#deaf.delete(sink)
    // A newcomer must not get what the open batch already holds.
    if (this.#openBatch && !this.#sinks.has(sink)) this.#late.set(sink, undefined)
    this.#sinks.set(sink, accountId)
  }

  remove(sink: Sink): void {
    this.#joining.delete(sink)
    this.#deaf.delete(sink)
    this.#ahead.delete(sink)
    const wasHere = this.#sinks.delete(sink)
    // A leaver must not get what is still added to its batch; a closed sink gets nothing anyway.
    if (!this.#late.delete(sink) && wasHere && !sink.isClosed) this.#batch = undefined
  }

  get #openBatch(): Batch | undefined {
    return this.#batch?.isSealed ? undefined : this.#batch
  }

  /** A sink that was here already starts anew: until its join ends it hears nothing. */
  beginJoin(sink: Sink, accountId: AccountId | undefined): Joining {
    const isDeaf = this.#isDeaf(sink, accountId)
    if (this.has(sink)) this.remove(sink)
    const joining = new Joining(this, sink, { accountId, isDeaf })
    this.#joining.set(sink, joining)
    return joining
  }

  /**
   * Ends a join: delivers the events that were read for it, then those of the meantime and later that come after the last
   * change read. Nothing happens if the sink has left meanwhile, also if it has begun to join anew.
   */
  endJoin(
    sink: Sink,
    joining: Joining,
    { lastChange, before = [] }: { lastChange: number; before?: readonly ConversationEvent[] },
  ): void {
    if (this.#joining.get(sink) !== joining) return
    const { accountId, held } = joining
    for (const event of held ? [...before, ...held] : before) {
      if (hasJoined(event, accountId)) joining.isDeaf = false
      if (hasLeft(event, accountId)) joining.isDeaf = true
      if (joining.isDeaf || ('change' in event && event.change <= lastChange)) continue
      const frame = frameFor(accountId, this.#render(event))
      if (!frame) continue
      sink.push(batchOf(frame, originOf(event)))
      this.#onTold?.(event, 1)
    }
    if (joining.isDeaf) this.#deaf.set(sink, accountId)
    const isAlone = this.#sinks.size === 0 && this.#deaf.size === 0
    this.#enter(sink, accountId)
    this.#ahead.add(sink, lastChange, isAlone)
  }

  /** An account's sinks stop at its `member.left` and resume at its `member.joined`. */
  deliver(event: ConversationEvent): void {
    for (const joining of this.#joining.values()) {
      joining.held ??= []
      joining.held.push(event)
    }
    if (event.type === 'member.joined') this.#move(event.member.accountId, this.#deaf, this.#sinks)
    if (event.type === 'member.left') this.#move(event.accountId, this.#sinks, this.#deaf)
    const knowing = 'change' in event ? this.#ahead.knowing(event.change) : undefined
    if (this.#sinks.size === 0) return
    const frame = this.#render(event)
    if (!frame) return
    const sinks = this.#push(event, frame, knowing)
    this.#onTold?.(event, sinks)
  }

  /** Answers how many sinks were given it. */
  #push(event: ConversationEvent, frame: Frame | PersonalFrame, knowing: Knowing | undefined): number {
    const originId = originOf(event)
    if (knowing) return this.#pushBut(knowing, frame, originId)
    if (typeof frame === 'function') return this.#pushEach(frame, originId)
    this.#pushAll(frame, originId)
    return this.#sinks.size
  }

  #pushAll(frame: Frame, originId: AccountId | undefined): void {
    const open = this.#openBatch
    if (open) {
      open.add(frame, originId)
      for (const [sink, own] of this.#late) this.#pushLate(sink, own, { frame, originId })
      return
    }
    this.#late.clear()
    this.#batch = batchOf(frame, originId)
    for (const sink of this.#sinks.keys()) sink.push(this.#batch)
  }

  #pushLate(sink: Sink, own: Batch | undefined, { frame, originId }: Rendered): void {
    if (own && !own.isSealed) {
      own.add(frame, originId)
      return
    }
    const batch = batchOf(frame, originId)
    this.#late.set(sink, batch)
    sink.push(batch)
  }

  #pushEach(frame: PersonalFrame, originId: AccountId | undefined): number {
    let given = 0
    // Close the open batch: a later event in it would overtake this one.
    this.#batch = undefined
    for (const [sink, accountId] of this.#sinks) {
      const own = frameFor(accountId, frame)
      if (!own) continue
      sink.push(batchOf(own, originId))
      given++
    }
    return given
  }

  /** For those that do not know the event: the log told it to the others before it came here. */
  #pushBut(knowing: Knowing, frame: Frame | PersonalFrame, originId: AccountId | undefined): number {
    let given = 0
    this.#batch = undefined
    for (const [sink, accountId] of this.#sinks) {
      const own = knowing.has(sink) ? undefined : frameFor(accountId, frame)
      if (!own) continue
      sink.push(batchOf(own, originId))
      given++
    }
    return given
  }

  /** Not as another account, which may speak over the same connection. */
  #isDeaf(sink: Sink, accountId: AccountId | undefined): boolean {
    // Mostly nobody is: asked for each conversation of each client that comes back.
    return this.#deaf.size > 0 && this.#deaf.has(sink) && this.#deaf.get(sink) === accountId
  }

  #move(accountId: AccountId, from: Map<Sink, AccountId | undefined>, to: typeof from): void {
    for (const [sink, owner] of from) {
      if (owner !== accountId) continue
      from.delete(sink)
      to.set(sink, owner)
      this.#batch = undefined
    }
  }
}

const frameFor = (accountId: AccountId | undefined, frame: ReturnType<Render>): Frame | undefined =>
  typeof frame !== 'function' ? frame : accountId === undefined ? undefined : frame(accountId)

const hasJoined = (event: ConversationEvent, accountId: AccountId | undefined): boolean =>
  event.type === 'member.joined' && event.member.accountId === accountId

const hasLeft = (event: ConversationEvent, accountId: AccountId | undefined): boolean =>
  event.type === 'member.left' && event.accountId === accountId

/** The account that caused the event. */
function originOf(event: ConversationEvent): AccountId | undefined {
  switch (event.type) {
    case 'message.sent':
    case 'message.edited':
      return event.message.senderId
    case 'conversation.created':
      return event.conversation.creatorId
    case 'member.joined':
      return event.member.accountId
    case 'member.left':
      return event.byId ?? event.accountId
    case 'member.changed':
    case 'conversation.changed':
      return event.byId
    case 'visitor.arrived':
    case 'visitor.departed':
      return event.visitor.accountId
    case 'message.pinned':
    case 'message.unpinned':
      return event.byId
    case 'message.reacted':
      return event.by[0]?.account
    case 'message.deleted':
    case 'history.purged':
      return undefined
    default:
      return unreachable(event)
  }
}

function batchOf(frame: Frame, originId?: AccountId): Batch {
  const batch = new Batch()
  batch.add(frame, originId)
  return batch
}
