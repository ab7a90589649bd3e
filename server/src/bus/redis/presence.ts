import { randomUUID } from 'node:crypto'
import { NoAnswer, within } from '../../lib/within.ts'
import type { PresenceSets, PresenceShift, ShiftListener } from '../bus.ts'
import { Holders } from '../holders.ts'
import { LocalPresence } from '../local-presence.ts'
import { Ledger, type Shift } from './ledger.ts'
import type { Names } from './names.ts'
import type { RedisCommands } from './wire.ts'

/** A node that has not renewed for so long is taken for dead: with the next look at it, within 10 seconds. */
const LEASE_MS = 8_000
const RENEW_EVERY_MS = 2_000
/** Nobody waits longer to log in because Redis does not answer. */
const ANSWER_TIMEOUT_MS = 1_000

export interface RedisPresenceOptions {
  readonly names: Names
  /** A listener has failed. */
  readonly onError: (error: unknown) => void
  /** This node has been the one to bury a dead one. */
  readonly onBuried: () => void
  /** Redis has answered, but not what it was asked. */
  readonly onRefused: (error: unknown) => void
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
  readonly #onRefused: (error: unknown) => void
  readonly #holders = new Holders()
  readonly #here = new LocalPresence(this.#holders)
  readonly #listeners: ShiftListener[] = []
  readonly #renewing: NodeJS.Timeout
  /** Undefined while Redis is out of reach. */
  #ledger: Ledger | undefined
  #name = randomUUID()
  /** Sets that Redis knows this node to hold members of. */
  #noted = new Set<string>()
  #epoch: string | undefined
  #heldSince = 0
  #isRenewing = false

  constructor({ names, onError, onBuried, onRefused }: RedisPresenceOptions) {
    this.#names = names
    this.#onError = onError
    this.#onBuried = onBuried
    this.#onRefused = onRefused
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
    await this.#begin(new Ledger(redis, this.#names))
  }

  /** Until it is opened again this node answers for itself alone. */
  leaveAlone(): void {
    this.#ledger = undefined
  }

  /** Takes back what is still held. */
  async close(): Promise<void> {
    clearInterval(this.#renewing)
    const ledger = this.#ledger
    this.#ledger = undefined
    // Out of reach, the others will do it.
    await ledger?.bury(this.#name, () => undefined).catch(() => undefined)
  }

  async #begin(ledger: Ledger): Promise<void> {
    const before = this.#name
    this.#name = randomUUID()
    const { epoch } = await ledger.renew(this.#name, { leaseMs: LEASE_MS, mayBury: false })
    // A Redis that has lost everything knows nobody; to the others nobody has come.
    const isForgotten = this.#epoch !== undefined && epoch !== this.#epoch
    this.#epoch = epoch
    this.#heldSince = performance.now()
    this.#noted = new Set(this.#holders.names())
    this.#ledger = ledger
    await ledger.noteSets(this.#name, [...this.#noted])
    for (const set of [...this.#noted]) {
      const come = await this.#sayAll(ledger, set)
      if (!isForgotten) for (const shift of come) this.#tell(shift)
    }
    await ledger.bury(before, (shift) => this.#tell(shift))
  }

  async #sayAll(ledger: Ledger, set: string): Promise<readonly PresenceShift[]> {
    const holds = [...this.#holders.members(set)].map(([member, holding]) => ({ member, ...holding }))
    const shifts = await ledger.hold(this.#name, set, holds)
    return holds
      .filter((_, n) => shifts[n] === 1)
      .map(({ member, about }) => ({ set, member, about, isPresent: true }))
  }

  /** Undefined when Redis does not answer. */
  async #say(set: string, member: string): Promise<Shift | undefined> {
    const ledger = this.#ledger
    if (!ledger) return undefined
    const name = this.#name
    const { holders = 0, about = '' } = this.#holders.members(set).get(member) ?? {}
    const sayings: Promise<unknown>[] = []
    if (holders > 0 && !this.#noted.has(set)) {
      this.#noted.add(set)
      sayings.push(ledger.noteSets(name, [set]))
    }
    const holding = ledger.hold(name, set, [{ member, holders, about }])
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
    const ledger = this.#ledger
    if (!ledger || this.#isRenewing) return
    this.#isRenewing = true
    try {
      // After a pause of Redis itself all leases have run out: each node gets the time to renew its own.
      const mayBury = performance.now() - this.#heldSince > LEASE_MS
      const { epoch, wasHeld, dying } = await ledger.renew(this.#name, { leaseMs: LEASE_MS, mayBury })
      if (!wasHeld || epoch !== this.#epoch) return await this.#begin(ledger)
      for (const name of dying) await ledger.bury(name, (shift) => this.#tell(shift))
      if (dying.length > 0) this.#onBuried()
    } catch (error) {
      this.#report(ledger, error)
    } finally {
      this.#isRenewing = false
    }
  }

  /** Whether Redis still answers at all, the link finds out by itself. */
  #report(ledger: Ledger, error: unknown): void {
    if (ledger === this.#ledger && !(error instanceof NoAnswer)) this.#onRefused(error)
  }

  #tell(shift: PresenceShift): void {
    for (const listener of this.#listeners) {
      Promise.try(listener, shift).catch(this.#onError)
    }
  }
}
