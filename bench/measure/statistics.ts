const sorted = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b)

/** The value that this share (0 to 1) of all do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const ordered = sorted(values)
  return ordered[Math.min(ordered.length - 1, Math.ceil(share * ordered.length) - 1)] ?? Number.NaN
}

export interface Spread {
  readonly median: number
  readonly lowest: number
  readonly highest: number
  readonly runs: number
}

export function spreadOf(values: readonly number[]): Spread {
  const ordered = sorted(values)
  const middle = ordered.length >> 1
  const upper = ordered[middle] ?? Number.NaN
  const lower = ordered[ordered.length % 2 === 1 ? middle : middle - 1] ?? Number.NaN
  return {
    median: (lower + upper) / 2,
    lowest: ordered[0] ?? Number.NaN,
    highest: ordered.at(-1) ?? Number.NaN,
    runs: ordered.length,
  }
}
