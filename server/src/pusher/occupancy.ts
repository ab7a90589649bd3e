import type { PresenceSets, PresenceShift } from '../bus/bus.ts'
import type { Members } from './frames.ts'
import type { RosterChange } from './roster.ts'
import type { Member } from './wire.ts'

const SUBSCRIPTIONS = 'pusher:subscriptions:'
const MEMBERS = 'pusher:members:'
/** Each subscription holds this one member, so that holders are subscriptions. */
const ANYONE = '*'

/** Subscriptions and members of all channels, over all nodes. */
export class Occupancy {
  readonly #sets: PresenceSets

  constructor(sets: PresenceSets) {
    this.#sets = sets
  }

  async enter(channel: string): Promise<void> {
    await this.#sets.enter(SUBSCRIPTIONS + channel, ANYONE)
  }

  async leave(channel: string): Promise<void> {
    await this.#sets.leave(SUBSCRIPTIONS + channel, ANYONE)
  }

  isOccupied(channel: string): Promise<boolean> {
    return this.#sets.has(SUBSCRIPTIONS + channel, ANYONE)
  }

  countSubscriptions(channel: string): Promise<number> {
    return this.#sets.countHolders(SUBSCRIPTIONS + channel)
  }

  async listChannels(prefix: string): Promise<readonly string[]> {
    const names = await this.#sets.names(SUBSCRIPTIONS + prefix)
    return names.map((name) => name.slice(SUBSCRIPTIONS.length))
  }

  /** Resolves when, after an outage, the sets are whole again. */
  settled(): Promise<void> {
    return this.#sets.settled()
  }

  /** True when the user was not a member before. */
  addMember(channel: string, member: Member): Promise<boolean> {
    return this.#sets.enter(MEMBERS + channel, member.userId, member.info)
  }

  /** Replaces the information about a user: that of a later subscription holds for all of the user's. */
  describeMember(channel: string, member: Member): Promise<void> {
    return this.#sets.describe(MEMBERS + channel, member.userId, member.info)
  }

  /** True when that was the user's last subscription. */
  removeMember(channel: string, userId: string): Promise<boolean> {
    return this.#sets.leave(MEMBERS + channel, userId)
  }

  /** The change of a channel's members that a shift of any set means; undefined when it means none. */
  changeBy({ set, member, about, isPresent }: PresenceShift): [channel: string, RosterChange] | undefined {
    if (!set.startsWith(MEMBERS)) return undefined
    const change: RosterChange = isPresent
      ? { type: 'member_added', userId: member, info: about }
      : { type: 'member_removed', userId: member }
    return [set.slice(MEMBERS.length), change]
  }

  isMember(channel: string, userId: string): Promise<boolean> {
    return this.#sets.has(MEMBERS + channel, userId)
  }

  members(channel: string): Promise<Members> {
    return this.#sets.members(MEMBERS + channel)
  }

  countUsers(channel: string): Promise<number> {
    return this.#sets.count(MEMBERS + channel)
  }
}
