interface Holding {
  about: string
  /** Whether `describe` has replaced `about`: other nodes may have stored the earlier one. */
  isDescribed: boolean
  holders: number
}

/** This node's sets: their members, and how many holders each member has here. */
export class Holders {
  readonly #sets = new Map<string, Map<string, Holding>>()

  /** Answers how many holders the member has now. */
  enter(set: string, member: string, about: string): number {
    const members = this.#sets.get(set) ?? new Map<string, Holding>()
    this.#sets.set(set, members)
    const holding = members.get(member)
    if (holding) return ++holding.holders
    members.set(member, { holders: 1, about, isDescribed: false })
    return 1
  }

  /** Answers how many it has left; undefined when it had none. */
  leave(set: string, member: string): number | undefined {
    const members = this.#sets.get(set)
    const holding = members?.get(member)
    if (!members || !holding) return undefined
    if (--holding.holders === 0) members.delete(member)
    if (members.size === 0) this.#sets.delete(set)
    return holding.holders
  }

  /** Does nothing for a member that is not held here. */
  describe(set: string, member: string, about: string): void {
    const holding = this.#sets.get(set)?.get(member)
    if (!holding) return
    holding.about = about
    holding.isDescribed = true
  }

  members(set: string): ReadonlyMap<string, Readonly<Holding>> {
    return this.#sets.get(set) ?? NOBODY
  }

  /** Names of the sets that are not empty. */
  names(): Iterable<string> {
    return this.#sets.keys()
  }
}

const NOBODY: ReadonlyMap<string, Readonly<Holding>> = new Map()
