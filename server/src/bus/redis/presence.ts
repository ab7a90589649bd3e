import { ErrorReply } from '@redis/client'
import { within } from '../../lib/within.ts'
import type { PresenceSets, PresenceShift, ShiftListener } from '../bus.ts'
import { Holders } from '../holders.ts'
import { LocalPresence } from '../local-presence.ts'
import { Claim } from './claim.ts'
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
  /** The last one that was begun. */
  #claim: Claim | undefined
  /** Whether it is what the other nodes go by: not while Redis is out of reach, or refuses what it is told. */
  #isHeld = false
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
    this.#isHeld = false
  }

  /** Takes back what is still held. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#renewing)
    const claim = this.#held
    this.leaveAlone()
    // Out of reach, the others will do it.
    await claim?.bury(claim.ledger, () => undefined).catch(() => undefined)
  }

  get #held(): Claim | undefined {
    return this.#isHeld ? this.#claim : undefined
  }

  async #begin(ledger: Ledger): Promise<void> {
    const claim = new Claim(ledger, this.#holders)
    const { epoch } = await claim.renew({ leaseMs: LEASE_MS, mayBury: false })
    if (ledger !== this.#offered || this.#isClosed) return
    const isRepeated = this.#epoch !== undefined && epoch !== this.#epoch
    const before = this.#claim
    this.#epoch = epoch
    this.#heldSince = performance.now()
    this.#claim = claim
    this.#isHeld = true
    await claim.sayAll((come) => this.#tell({ ...come, isPresent: true, isRepeated }))
    await before?.bury(ledger, (shift) => this.#tell(shift))
    this.#isRefused = false
  }

  /** Undefined when Redis does not answer. */
  async #say(set: string, member: string): Promise<Shift | undefined> {
    const claim = this.#held
    if (!claim) return undefined
    try {
      return await within(ANSWER_TIMEOUT_MS, 'Redis', claim.say(set, member))
    } catch (error) {
      this.#report(claim.ledger, error)
      return undefined
    }
  }

  async #ask<T>(ask: (ledger: Ledger) => Promise<T>, ofHere: () => Promise<T>): Promise<T> {
    const { ledger } = this.#held ?? {}
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
      const claim = this.#held
      if (claim?.ledger === ledger) await this.#hold(claim)
      else await this.#begin(ledger)
    } catch (error) {
      this.#report(ledger, error)
    } finally {
      this.#isRenewing = false
    }
  }

  async #hold(claim: Claim): Promise<void> {
    const { ledger } = claim
    // After a pause of Redis itself all leases have run out: each node gets the time to renew its own.
    const mayBury = performance.now() - this.#heldSince > LEASE_MS
    const { wasHeld, epoch, dying } = await claim.renew({ leaseMs: LEASE_MS, mayBury })
    // Begun anew meanwhile, on another wire.
    if (claim !== this.#held) return
    if (!wasHeld || epoch !== this.#epoch) {
      await this.#begin(ledger)
      return
    }
    for (const dead of dying) await ledger.bury(dead, (shift) => this.#tell(shift))
    if (dying.length > 0) this.#onBuried()
  }

  /**
   * Whether Redis still answers at all, the link finds out by itself. One that refuses (no memory, a shard away)
   * is told everything again with the next renewal; until then this node answers for itself alone.
   */
  #report(ledger: Ledger, error: unknown): void {
    if (ledger !== this.#offered || !(error instanceof ErrorReply)) return
    this.#isHeld = false
    if (!this.#isRefused) this.#onError(error)
    this.#isRefused = true
  }

  #tell(shift: PresenceShift): void {
    for (const listener of this.#listeners) {
      Promise.try(listener, shift).catch(this.#onError)
    }
  }
}
