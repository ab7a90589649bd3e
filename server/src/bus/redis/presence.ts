import { setTimeout } from 'node:timers/promises'
import type { PresenceSets, PresenceShift, ShiftListener } from '../bus.ts'
import { Holders } from '../holders.ts'
import { LocalPresence } from '../local-presence.ts'
import type { Names } from './names.ts'
import { ALL_RENEWED_MS, NodeLease } from './node-lease.ts'
import type { RedisCommands } from './wire.ts'

interface RedisPresenceOptions {
  readonly names: Names
  /** A listener has failed, or Redis has refused. */
  readonly onError: (error: unknown) => void
  /** This node has been the one to bury a dead one. */
  readonly onBuried: () => void
}

/**
 * Presence over all nodes. Each node counts its own holders and writes each member's number to Redis: a number,
 * not a step, so that writing it again changes nothing.
 */
export class RedisPresence implements PresenceSets {
  readonly #holders = new Holders()
  readonly #here = new LocalPresence(this.#holders)
  readonly #lease: NodeLease
  readonly #listeners: ShiftListener[] = []
  readonly #onError: (error: unknown) => void

  constructor({ names, onError, onBuried }: RedisPresenceOptions) {
    this.#onError = onError
    const onShift = (shift: PresenceShift) => this.#tell(shift)
    this.#lease = new NodeLease({ names, holders: this.#holders, onShift, onError, onBuried })
  }

  async enter(set: string, member: string, about = ''): Promise<boolean> {
    const holders = this.#holders.enter(set, member, about)
    const shift = await this.#lease.ask((leased) => leased.say(set, member))
    return shift === undefined ? holders === 1 : shift === 1
  }

  async leave(set: string, member: string): Promise<boolean> {
    const holders = this.#holders.leave(set, member)
    if (holders === undefined) return false
    const shift = await this.#lease.ask((leased) => leased.say(set, member))
    return shift === undefined ? holders === 0 : shift === -1
  }

  async describe(set: string, member: string, about: string): Promise<void> {
    this.#holders.describe(set, member, about)
    await this.#lease.ask((leased) => leased.describe(set, member))
  }

  async has(set: string, member: string): Promise<boolean> {
    if (this.#holders.members(set).has(member)) return true
    const isThere = await this.#lease.ask(({ shared }) => shared.has(set, member))
    return isThere ?? this.#here.has(set, member)
  }

  async members(set: string): Promise<ReadonlyMap<string, string>> {
    return (await this.#lease.ask(({ shared }) => shared.members(set))) ?? this.#here.members(set)
  }

  async count(set: string): Promise<number> {
    return (await this.#lease.ask(({ shared }) => shared.count(set))) ?? this.#here.count(set)
  }

  async countHolders(set: string): Promise<number> {
    return (await this.#lease.ask(({ shared }) => shared.countHolders(set))) ?? this.#here.countHolders(set)
  }

  async names(prefix: string): Promise<readonly string[]> {
    return (await this.#lease.ask(({ shared }) => shared.names(prefix))) ?? this.#here.names(prefix)
  }

  async settled(): Promise<void> {
    await setTimeout(ALL_RENEWED_MS, undefined, { ref: false })
  }

  onShift(listener: ShiftListener): void {
    this.#listeners.push(listener)
  }

  /** The error by which Redis refuses writes, though it answers. Undefined while it accepts them. */
  get refusal(): unknown {
    return this.#lease.refusal
  }

  /** Says everything again, to a Redis that may have forgotten it. */
  open(redis: RedisCommands): Promise<void> {
    return this.#lease.open(redis)
  }

  /** Until it is opened again this node answers for itself alone. */
  leaveAlone(): void {
    this.#lease.leaveAlone()
  }

  /** Takes back what is still held. */
  close(): Promise<void> {
    return this.#lease.close()
  }

  #tell(shift: PresenceShift): void {
    for (const listener of this.#listeners) {
      Promise.try(listener, shift).catch(this.#onError)
    }
  }
}
