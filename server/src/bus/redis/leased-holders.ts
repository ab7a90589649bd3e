import { randomUUID } from 'node:crypto'
import type { PresenceShift } from '../bus.ts'
import type { Holders } from '../holders.ts'
import {
  CHUNK,
  type Hold,
  type Holder,
  type Renewal,
  type SharedPresence,
  type Shift,
} from './shared-presence.ts'

/**
 * This node's holders as Redis has them under one name, as long as that name's lease runs. Each wire and each
 * lease has a name of its own; the holders of the one before are then buried.
 */
export class LeasedHolders {
  readonly shared: SharedPresence
  readonly #name = randomUUID()
  readonly #holders: Holders
  /** Sets that Redis knows this name to hold members of. */
  #noted = new Set<string>()
  /** By Redis's clock. */
  #leaseUntil = 0
  #isBuried = false

  constructor(shared: SharedPresence, holders: Holders) {
    this.shared = shared
    this.#holders = holders
  }

  async renew(terms: { readonly leaseMs: number; readonly mayBury: boolean }): Promise<Renewal> {
    const renewal = await this.shared.renew(this.#name, terms)
    this.#leaseUntil = renewal.leaseUntil
    return renewal
  }

  /** Writes all holders, set by set. Calls `onCome` for each member that thereby comes to a set. */
  async sayAll(onCome: (come: Pick<PresenceShift, 'set' | 'member' | 'about'>) => void): Promise<void> {
    this.#noted = new Set(this.#holders.names())
    const sets = [...this.#noted]
    await this.shared.noteSets(this.#self, sets)
    for (const set of sets) {
      const members = [...this.#holders.members(set).keys()]
      for (let from = 0; from < members.length; from += CHUNK) {
        // As it is now: some may have gone while the others were said.
        const holds = members.slice(from, from + CHUNK).map((member) => this.#holdOf(set, member))
        const shifts = await this.#hold(set, holds)
        for (const [n, { member, about }] of holds.entries()) {
          if (shifts[n] === 1) onCome({ set, member, about })
        }
        // `hold` stores `about` for a member's first node only: another node may have stored the earlier one.
        const described = holds.filter(({ member }) => this.#holders.members(set).get(member)?.isDescribed)
        await Promise.all(described.map(({ member }) => this.describe(set, member)))
      }
    }
  }

  /** How many holders a member has here by now. Undefined once the lease has run out. */
  async say(set: string, member: string): Promise<Shift | undefined> {
    const said: Promise<unknown>[] = []
    if (this.#holders.members(set).has(member) && !this.#noted.has(set)) {
      this.#noted.add(set)
      said.push(this.shared.noteSets(this.#self, [set]))
    }
    const holding = this.#hold(set, [this.#holdOf(set, member)])
    if (this.#holders.members(set).size === 0 && this.#noted.delete(set)) {
      said.push(this.shared.forgetSet(this.#name, set))
    }
    const [shifts] = await Promise.all([holding, ...said])
    return shifts[0]
  }

  /** Stores this node's present `about` of a member in Redis. */
  async describe(set: string, member: string): Promise<void> {
    const about = this.#holders.members(set).get(member)?.about
    if (about !== undefined && !this.#isBuried) await this.shared.describe(this.#self, set, { member, about })
  }

  /** Takes back what was said, also of sets of which Redis has forgotten that they were noted. */
  bury(by: SharedPresence, onGone: (shift: PresenceShift) => void): Promise<void> {
    this.#isBuried = true
    return by.bury(this.#name, onGone, this.#noted)
  }

  async #hold(set: string, holds: readonly Hold[]): Promise<readonly Shift[]> {
    if (this.#isBuried) return []
    return this.shared.hold(this.#self, set, holds)
  }

  get #self(): Holder {
    return { name: this.#name, leaseUntil: this.#leaseUntil }
  }

  #holdOf(set: string, member: string): Hold {
    const { holders = 0, about = '' } = this.#holders.members(set).get(member) ?? {}
    return { member, holders, about }
  }
}
