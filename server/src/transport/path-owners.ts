export interface PathOwner<Name extends string = string> {
  readonly name: Name
  /** A path that ends in a slash stands for all below it. */
  readonly paths: readonly string[]
}

interface PathOwnersOptions<Owner extends PathOwner> {
  readonly owners: readonly Owner[]
  /** Paths that are nobody's alone, with the names of those who may list them all the same. */
  readonly shared: ReadonlyMap<string, readonly string[]>
}

/** Finds whose a path is. Throws when two claim the same: which of them is asked would depend on their order. */
export class PathOwners<Owner extends PathOwner> {
  readonly all: readonly Owner[]
  readonly #exact = new Map<string, Owner>()
  readonly #below: (readonly [start: string, owner: Owner])[] = []

  constructor({ owners, shared }: PathOwnersOptions<Owner>) {
    this.all = owners
    for (const owner of owners) {
      for (const path of owner.paths) {
        if (shared.get(path)?.includes(owner.name)) continue
        const other = [...shared.keys()].find((one) => overlap(one, path))
        if (other) throw new Error(`${owner.name} claims ${path}, but ${other} is no dialect's own`)
        this.#claim(path, owner)
      }
    }
  }

  find(path: string): Owner | undefined {
    const owner = this.#exact.get(path)
    if (owner) return owner
    for (const [start, other] of this.#below) if (path.startsWith(start)) return other
    return undefined
  }

  #claim(path: string, owner: Owner): void {
    const rival = [...this.#exact, ...this.#below].find(([other]) => overlap(other, path))
    if (rival) throw new Error(`${rival[1].name} claims ${rival[0]}, and ${owner.name} ${path}`)
    if (path.endsWith('/')) this.#below.push([path, owner])
    else this.#exact.set(path, owner)
  }
}

const overlap = (a: string, b: string): boolean => covers(a, b) || covers(b, a)

const covers = (a: string, b: string): boolean => a === b || (a.endsWith('/') && b.startsWith(a))
