import { ErrorReply } from '@redis/client'
import { runEvery } from '../../lib/timers.ts'
import { within } from '../../lib/within.ts'
import type { PresenceShift } from '../bus.ts'
import type { Holders } from '../holders.ts'
import { Claim } from './claim.ts'
import { Ledger } from './ledger.ts'
import type { Names } from './names.ts'
import { isOfReplica } from './role.ts'
import type { RedisCommands } from './wire.ts'

/** A node that has not renewed for so long is taken for dead: with the next look at it, within 10 seconds. */
const LEASE_MS = 8_000
const RENEW_EVERY_MS = 2_000
/** By then each node has renewed, or begun anew. */
export const ALL_RENEWED_MS = 3_000
/** Nobody waits longer to log in because Redis does not answer. */
const ANSWER_TIMEOUT_MS = 1_000

interface TenureOptions {
  readonly names: Names
  readonly holders: Holders
  readonly onShift: (shift: PresenceShift) => void
  /** Redis has refused. */
  readonly onError: (error: unknown) => void
  /** This node has been the one to bury a dead one. */
  readonly onBuried: () => void
}

/**
 * Sees to it that the other nodes know of this one's holders: by a claim that it renews, and begins anew on each
 * wire and when Redis has lost it. Buries the claim before, as that of a dead node is by others.
 */
export class Tenure {
  readonly #options: TenureOptions
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
  #refusal: unknown
  #isClosed = false

  constructor(options: TenureOptions) {
    this.#options = options
    this.#renewing = runEvery(RENEW_EVERY_MS, () => this.#renew()).unref()
  }

  /** Why Redis refuses writes, though it answers: no memory, replica or permission. Undefined while it accepts them. */
  get refusal(): unknown {
    return this.#refusal
  }

  /** Says everything again, to a Redis that may have forgotten it. */
  async open(redis: RedisCommands): Promise<void> {
    const ledger = new Ledger(redis, this.#options.names)
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

  /** Undefined when Redis does not answer, and this node answers for itself alone. */
  async ask<T>(question: (claim: Claim) => Promise<T>): Promise<T | undefined> {
    const claim = this.#held
    if (!claim) return undefined
    try {
      return await within(ANSWER_TIMEOUT_MS, 'Redis', question(claim))
    } catch (error) {
      this.#report(claim.ledger, error)
      return undefined
    }
  }

  get #held(): Claim | undefined {
    return this.#isHeld ? this.#claim : undefined
  }

  async #begin(ledger: Ledger): Promise<void> {
    const { holders, onShift } = this.#options
    const claim = new Claim(ledger, holders)
    const { epoch } = await claim.renew({ leaseMs: LEASE_MS, mayBury: false })
    if (ledger !== this.#offered || this.#isClosed) return
    const isRepeated = this.#epoch !== undefined && epoch !== this.#epoch
    const before = this.#claim
    this.#epoch = epoch
    this.#heldSince = performance.now()
    this.#claim = claim
    this.#isHeld = true
    await claim.sayAll((come) => onShift({ ...come, isPresent: true, isRepeated }))
    await before?.bury(ledger, onShift)
    this.#refusal = undefined
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
    for (const dead of dying) await ledger.bury(dead, this.#options.onShift)
    if (dying.length > 0) this.#options.onBuried()
  }

  /**
   * Whether Redis still answers at all, the link finds out by itself. One that refuses (no memory, a shard away)
   * is told everything again with the next renewal; until then this node answers for itself alone.
   */
  #report(ledger: Ledger, error: unknown): void {
    if (ledger !== this.#offered || !(error instanceof ErrorReply)) return
    this.#isHeld = false
    // The link notices a replica by itself, and breaks.
    if (isOfReplica(error)) return
    if (this.#refusal === undefined) this.#options.onError(error)
    this.#refusal = error
  }
}
