/** Places from one up to and with another. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** A set of whole numbers as ranges: ascending, apart from each other. */
export class Ranges {
  #all: readonly Range[] = []

  get all(): readonly Range[] {
    return this.#all
  }

  add({ from, to }: Range): void {
    if (from > to) return
    const isApart = (one: Range): boolean => one.to < from - 1 || one.from > to + 1
    const joined = this.#all.filter((one) => !isApart(one))
    const whole = {
      from: Math.min(from, ...joined.map((one) => one.from)),
      to: Math.max(to, ...joined.map((one) => one.to)),
    }
    this.#all = [...this.#all.filter(isApart), whole].sort((a, b) => a.from - b.from)
  }

  remove({ from, to }: Range): void {
    this.#all = this.#all.flatMap((one) => {
      if (one.to < from || one.from > to) return [one]
      const rest = [
        { from: one.from, to: from - 1 },
        { from: to + 1, to: one.to },
      ]
      return rest.filter((piece) => piece.from <= piece.to)
    })
  }

  clear(): void {
    this.#all = []
  }

  has(place: number): boolean {
    return this.#all.some(({ from, to }) => from <= place && place <= to)
  }

  /** The parts of a range that are not in the set. */
  gapsIn({ from, to }: Range): readonly Range[] {
    const gaps: Range[] = []
    let next = from
    for (const one of this.#all) {
      if (one.to < next) continue
      if (one.from > to) break
      if (one.from > next) gaps.push({ from: next, to: one.from - 1 })
      next = one.to + 1
    }
    if (next <= to) gaps.push({ from: next, to })
    return gaps
  }
}
