/** Something for its members, who come and go. */
export interface RefCountedEntry<Member> {
  readonly members: Set<Member>
  /** The last has left. */
  close(): void
}

/** RefCounted by key, each there as long as somebody is. */
export class RefCounted<Key, Member, One extends RefCountedEntry<Member> = RefCountedEntry<Member>> {
  readonly #open: (key: Key) => One
  readonly #byKey = new Map<Key, One>()

  /** Opens one for the first that joins it. */
  constructor(open: (key: Key) => One) {
    this.#open = open
  }

  join(key: Key, member: Member): One {
    const known = this.#byKey.get(key)
    const one = known ?? this.#open(key)
    if (!known) this.#byKey.set(key, one)
    one.members.add(member)
    return one
  }

  /** Nothing happens if it is not there. */
  leave(key: Key, member: Member): void {
    const one = this.#byKey.get(key)
    if (!one?.members.delete(member) || one.members.size > 0) return
    this.#byKey.delete(key)
    one.close()
  }
}
