import { randomUUID } from 'node:crypto'
import { ErrorReply } from '@redis/client'
import { within } from '../../lib/within.ts'
import type { PresenceSets, PresenceShift, ShiftListener } from '../bus.ts'
import { Holders } from '../holders.ts'
import { LocalPresence } from '../local-presence.ts'
import { CHUNK, type Hold, type Holder, Ledger, type Shift } from './ledger.ts'
import type { Names } from './names.ts'
import type { RedisCommands } from './wire.ts'

/** A node that has not renewed for so long is taken for dead: with the next look at it, within 10 seconds. */
const LEASE_MS = 8_000
const RENEW_EVERY_MS = 2_000
/** Nobody waits longer to log in because Redis does not answer. */
const ANSWER_TIMEOUT_MS = 1_000

export interface RedisPresenceOptions {
  readonly names: Names
  /** A listener has failed, or Redis has refused. */
  readonly onError: (error: unknown) => void
  /** This node has been the one to bury a dead one. */
  readonly onBuried: () => void
}

/**
 * Presence over all nodes. Each node counts its own holders and says in Redis how many each member has here:
 * a number and not a step, so that saying it again changes nothing. It says so under a name that is new for
 * each wire and each lease; what it said under the one before is buried, as that of a dead node is by others.
 */
export class RedisPresence implements PresenceSets {
  readonly #names: Names
  readonly #onError: (error: unknown) => void
  readonly #onBuried: () => void
  readonly #holders = new Holders()
  readonly #here = new LocalPresence(this.#holders)
  readonly #listeners: ShiftListener[] = []
  readonly #renewing: NodeJS.Timeout
  /** Of the present wire; undefined while there is none. */
  #offered: Ledger | undefined
  /** The one in use: undefined also while Redis refuses what it is told. */
  #ledger: Ledger | undefined
  #self: Holder = { name: randomUUID(), leaseUntil: 0 }
  /** Sets that Redis knows this node to hold members of. */
  #noted = new Set<string>()
  #epoch: string | undefined
  #heldSince = 0
  #isRenewing = false
  #isRefused = false
  #isClosed = false

  constructor({ names, onError, onBuried }: RedisPresenceOptions) {
    this.#names = names
    this.#onError = onError
    this.#onBuried = onBuried
    this.#renewing = setInterval(() => void this.#renew(), RENEW_EVERY_MS).unref()
  }

  async enter(set: string, member: string, about = ''): Promise<boolean> {
    const holders = this.#holders.enter(set, member, about)
    const shift = await this.#say(set, member)
    return shift === undefined ? holders === 1 : shift === 1
  }

  async leave(set: string, member: string): Promise<boolean> {
    const holders = this.#holders.leave(set, member)
    if (holders === undefined) return false
    const shift = await this.#say(set, member)
    return shift === undefined ? holders === 0 : shift === -1
  }

  async has(set: string, member: string): Promise<boolean> {
    if (this.#holders.members(set).has(member)) return true
    return this.#ask(
      (ledger) => ledger.has(set, member),
      () => this.#here.has(set, member),
    )
  }

  members(set: string): Promise<ReadonlyMap<string, string>> {
    return this.#ask(
      (ledger) => ledger.members(set),
      () => this.#here.members(set),
    )
  }

  count(set: string): Promise<number> {
    return this.#ask(
      (ledger) => ledger.count(set),
      () => this.#here.count(set),
    )
  }

  countHolders(set: string): Promise<number> {
    return this.#ask(
      (ledger) => ledger.countHolders(set),
      () => this.#here.countHolders(set),
    )
  }

  names(prefix: string): Promise<readonly string[]> {
    return this.#ask(
      (ledger) => ledger.names(prefix),
      () => this.#here.names(prefix),
    )
  }

  onShift(listener: ShiftListener): void {
    this.#listeners.push(listener)
  }

  /** Says everything again, to a Redis that may have forgotten it. */
  async open(redis: RedisCommands): Promise<void> {
    const ledger = new Ledger(redis, this.#names)
    this.#offered = ledger
    try {
      await this.#begin(ledger)
    } catch (error) {
      this.#report(ledger, error)
    }
  }

  /** Until it is opened again this node answers for itself alone. */
  leaveAlone(): void {
    this.#offered = undefined
    this.#ledger = undefined
  }

  /** Takes back what is still held. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#renewing)
    const ledger = this.#ledger
    this.leaveAlone()
    // Out of reach, the others will do it.
    await ledger?.bury(this.#self.name, () => undefined, this.#noted).catch(() => undefined)
  }

  async #begin(ledger: Ledger): Promise<void> {
    const [before, notedBefore] = [this.#self.name, this.#noted]
    const name = randomUUID()
    const { epoch, leaseUntil } = await ledger.renew(name, { leaseMs: LEASE_MS, mayBury: false })
    if (ledger !== this.#offered) return
    const isRepeated = this.#epoch !== undefined && epoch !== this.#epoch
    this.#epoch = epoch
    this.#heldSince = performance.now()
    this.#self = { name, leaseUntil }
    this.#noted = new Set(this.#holders.names())
    this.#ledger = ledger
    await ledger.noteSets(name, [...this.#noted])
    for (const set of [...this.#noted]) await this.#sayAll(ledger, set, isRepeated)
    await ledger.bury(before, (shift) => this.#tell(shift), notedBefore)
    this.#isRefused = false
  }

  async #sayAll(ledger: Ledger, set: string, isRepeated: boolean): Promise<void> {
    const members = [...this.#holders.members(set).keys()]
    for (let from = 0; from < members.length; from += CHUNK) {
      // As it is now: some may have gone while the others were said.
      const holds = members.slice(from, from + CHUNK).map((member) => this.#holdOf(set, member))
      const shifts = await ledger.hold(this.#self, set, holds)
      for (const [n, { member, about }] of holds.entries()) {
        if (shifts[n] === 1) this.#tell({ set, member, about, isPresent: true, isRepeated })
      }
    }
  }

  #holdOf(set: string, member: string): Hold {
    const { holders = 0, about = '' } = this.#holders.members(set).get(member) ?? {}
    return { member, holders, about }
  }

  /** Undefined when Redis does not answer. */
  async #say(set: string, member: string): Promise<Shift | undefined> {
    const ledger = this.#ledger
    if (!ledger) return undefined
    const { name } = this.#self
    const sayings: Promise<unknown>[] = []
    if (this.#holders.members(set).has(member) && !this.#noted.has(set)) {
      this.#noted.add(set)
      sayings.push(ledger.noteSets(name, [set]))
    }
    const holding = ledger.hold(this.#self, set, [this.#holdOf(set, member)])
    if (this.#holders.members(set).size === 0 && this.#noted.delete(set)) {
      sayings.push(ledger.forgetSet(name, set))
    }
    try {
      const [shifts] = await within(ANSWER_TIMEOUT_MS, 'Redis', Promise.all([holding, ...sayings]))
      return shifts[0]
    } catch (error) {
      this.#report(ledger, error)
      return undefined
    }
  }

  async #ask<T>(ask: (ledger: Ledger) => Promise<T>, ofHere: () => Promise<T>): Promise<T> {
    const ledger = this.#ledger
    if (!ledger) return ofHere()
    try {
      return await within(ANSWER_TIMEOUT_MS, 'Redis', ask(ledger))
    } catch (error) {
      this.#report(ledger, error)
      return ofHere()
    }
  }

  async #renew(): Promise<void> {
    const ledger = this.#offered
    if (!ledger || this.#isRenewing || this.#isClosed) return
    this.#isRenewing = true
    try {
      if (ledger !== this.#ledger) await this.#begin(ledger)
      else await this.#renewIn(ledger)
    } catch (error) {
      this.#report(ledger, error)
    } finally {
      this.#isRenewing = false
    }
  }

  async #renewIn(ledger: Ledger): Promise<void> {
    const { name } = this.#self
    // After a pause of Redis itself all leases have run out: each node gets the time to renew its own.
    const mayBury = performance.now() - this.#heldSince > LEASE_MS
    const renewal = await ledger.renew(name, { leaseMs: LEASE_MS, mayBury })
    // Begun anew meanwhile, on another wire.
    if (name !== this.#self.name) return
    if (!renewal.wasHeld || renewal.epoch !== this.#epoch) {
      await this.#begin(ledger)
      return
    }
    this.#self = { name, leaseUntil: renewal.leaseUntil }
    for (const dead of renewal.dying) await ledger.bury(dead, (shift) => this.#tell(shift))
    if (renewal.dying.length > 0) this.#onBuried()
  }

  /**
   * Whether Redis still answers at all, the link finds out by itself. One that refuses (no memory, a shard away)
   * is told everything again with the next renewal; until then this node answers for itself alone.
   */
  #report(ledger: Ledger, error: unknown): void {
    if (ledger !== this.#offered || !(error instanceof ErrorReply)) return
    this.#ledger = undefined
    if (!this.#isRefused) this.#onError(error)
    this.#isRefused = true
  }

  #tell(shift: PresenceShift): void {
    for (const listener of this.#listeners) {
      Promise.try(listener, shift).catch(this.#onError)
    }
  }
}
