import { runEvery } from '../../lib/timers.ts'
import { within } from '../../lib/within.ts'
import type { PresenceShift } from '../bus.ts'
import type { Holders } from '../holders.ts'
import { ErrorReply } from './client.ts'
import { LeasedHolders } from './leased-holders.ts'
import type { Names } from './names.ts'
import { isOfReplica } from './role.ts'
import { SharedPresence } from './shared-presence.ts'
import type { RedisCommands } from './wire.ts'

/** A node that has not renewed for so long is taken for dead: with the next look at it, within 10 seconds. */
const LEASE_MS = 8_000
const RENEW_EVERY_MS = 2_000
/** By then each node has renewed, or begun anew. */
export const ALL_RENEWED_MS = 3_000
/** Nobody waits longer to log in because Redis does not answer. */
const ANSWER_TIMEOUT_MS = 1_000

interface NodeLeaseOptions {
  readonly names: Names
  readonly holders: Holders
  readonly onShift: (shift: PresenceShift) => void
  /** Redis has refused. */
  readonly onError: (error: unknown) => void
  /** This node has been the one to bury a dead one. */
  readonly onBuried: () => void
}

/**
 * Keeps this node's holders known to the other nodes by a lease. Renews it, and begins a new one on each wire and
 * when Redis has lost it. Buries the holders of the lease before, as other nodes do for a dead node.
 */
export class NodeLease {
  readonly #options: NodeLeaseOptions
  readonly #renewing: NodeJS.Timeout
  /** Shared presence over the present wire; undefined while there is none. */
  #offered: SharedPresence | undefined
  /** The last one that was begun. */
  #leased: LeasedHolders | undefined
  /** Whether it is what the other nodes go by: not while Redis is out of reach, or refuses what it is told. */
  #isHeld = false
  #epoch: string | undefined
  #heldSince = 0
  #isRenewing = false
  #refusal: unknown
  #isClosed = false

  constructor(options: NodeLeaseOptions) {
    this.#options = options
    this.#renewing = runEvery(RENEW_EVERY_MS, () => this.#renew()).unref()
  }

  /** Why Redis refuses writes, though it answers: no memory, replica or permission. Undefined while it accepts them. */
  get refusal(): unknown {
    return this.#refusal
  }

  /** Says everything again, to a Redis that may have forgotten it. */
  async open(redis: RedisCommands): Promise<void> {
    const shared = new SharedPresence(redis, this.#options.names)
    this.#offered = shared
    try {
      await this.#begin(shared)
    } catch (error) {
      this.#report(shared, error)
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
    const leased = this.#held
    this.leaveAlone()
    // Out of reach, the others will do it.
    await leased?.bury(leased.shared, () => undefined).catch(() => undefined)
  }

  /** Undefined when Redis does not answer, and this node answers for itself alone. */
  async ask<T>(question: (leased: LeasedHolders) => Promise<T>): Promise<T | undefined> {
    const leased = this.#held
    if (!leased) return undefined
    try {
      return await within(ANSWER_TIMEOUT_MS, 'Redis', question(leased))
    } catch (error) {
      this.#report(leased.shared, error)
      return undefined
    }
  }

  get #held(): LeasedHolders | undefined {
    return this.#isHeld ? this.#leased : undefined
  }

  async #begin(shared: SharedPresence): Promise<void> {
    const { holders, onShift } = this.#options
    const leased = new LeasedHolders(shared, holders)
    const { epoch } = await leased.renew({ leaseMs: LEASE_MS, mayBury: false })
    if (shared !== this.#offered || this.#isClosed) return
    const isRepeated = this.#epoch !== undefined && epoch !== this.#epoch
    const before = this.#leased
    this.#epoch = epoch
    this.#heldSince = performance.now()
    this.#leased = leased
    this.#isHeld = true
    await leased.sayAll((come) => onShift({ ...come, isPresent: true, isRepeated }))
    await before?.bury(shared, onShift)
    this.#refusal = undefined
  }

  async #renew(): Promise<void> {
    const shared = this.#offered
    if (!shared || this.#isRenewing || this.#isClosed) return
    this.#isRenewing = true
    try {
      const leased = this.#held
      if (leased?.shared === shared) await this.#hold(leased)
      else await this.#begin(shared)
    } catch (error) {
      this.#report(shared, error)
    } finally {
      this.#isRenewing = false
    }
  }

  async #hold(leased: LeasedHolders): Promise<void> {
    const { shared } = leased
    // After a pause of Redis itself all leases have run out: each node gets the time to renew its own.
    const mayBury = performance.now() - this.#heldSince > LEASE_MS
    const { wasHeld, epoch, dying } = await leased.renew({ leaseMs: LEASE_MS, mayBury })
    // Begun anew meanwhile, on another wire.
    if (leased !== this.#held) return
    if (!wasHeld || epoch !== this.#epoch) {
      await this.#begin(shared)
      return
    }
    for (const dead of dying) await shared.bury(dead, this.#options.onShift)
    if (dying.length > 0) this.#options.onBuried()
  }

  /**
   * Notes a refusal of Redis (no memory, a shard away): the next renewal writes everything again, and until then this
   * node answers for itself alone. The link itself finds out whether Redis answers at all.
   */
  #report(shared: SharedPresence, error: unknown): void {
    if (shared !== this.#offered || !(error instanceof ErrorReply)) return
    this.#isHeld = false
    // The link notices a replica by itself, and breaks.
    if (isOfReplica(error)) return
    if (this.#refusal === undefined) this.#options.onError(error)
    this.#refusal = error
  }
}
