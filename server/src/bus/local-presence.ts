import type { PresenceSets } from './bus.ts'
import { Holders } from './holders.ts'

/** Presence as one node knows it. */
export class LocalPresence implements PresenceSets {
  readonly #holders: Holders

  constructor(holders = new Holders()) {
    this.#holders = holders
  }

  async enter(set: string, member: string, about = ''): Promise<boolean> {
    return this.#holders.enter(set, member, about) === 1
  }

  async leave(set: string, member: string): Promise<boolean> {
    return this.#holders.leave(set, member) === 0
  }

  async describe(set: string, member: string, about: string): Promise<void> {
    this.#holders.describe(set, member, about)
  }

  async members(set: string): Promise<ReadonlyMap<string, string>> {
    return new Map([...this.#holders.members(set)].map(([member, { about }]) => [member, about]))
  }

  async count(set: string): Promise<number> {
    return this.#holders.members(set).size
  }

  async has(set: string, member: string): Promise<boolean> {
    return this.#holders.members(set).has(member)
  }

  async countHolders(set: string): Promise<number> {
    let total = 0
    for (const { holders } of this.#holders.members(set).values()) total += holders
    return total
  }

  async names(prefix: string): Promise<readonly string[]> {
    return [...this.#holders.names()].filter((name) => name.startsWith(prefix))
  }

  /** The one node there is has lost nothing. */
  async settled(): Promise<void> {}

  /** Nobody goes without its holders' doing while the one node there is lives. */
  onShift(): void {}
}
