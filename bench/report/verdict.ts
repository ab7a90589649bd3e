import type { Spread } from '../measure/statistics.ts'
import type { Measurement } from '../measurement.ts'
import { type Figure, listFigures } from './figures.ts'
import { type Goal, goals } from './goals.ts'

/** How a goal fared. */
export type Verdict = { readonly goal: Goal } & (
  | { readonly outcome: 'not measured' }
  | ({ readonly outcome: 'met' | 'not met' } & Comparison)
)

/** A figure, and what it is held against the threshold as. */
interface Comparison {
  readonly figure: Figure
  /** The peer's figure where the goal is a ratio. */
  readonly per: Figure | undefined
  /** The ratio, or else the figure itself. */
  readonly value: number
}

export const judgeAll = (measurements: readonly Measurement[]): readonly Verdict[] =>
  goals.map((goal) => judge(goal, measurements))

export function judge(goal: Goal, measurements: readonly Measurement[]): Verdict {
  const [first, ...others] = compare(goal, measurements)
  if (!first) return { goal, outcome: 'not measured' }
  const worst = others.reduce((a, b) => (isWorse(goal, b.value, a.value) ? b : a), first)
  return { goal, outcome: isMet(goal, worst.value) ? 'met' : 'not met', ...worst }
}

/** How many times better than the threshold; undefined where the threshold is nothing. */
export function marginOf({ must, threshold }: Goal, value: number): number | undefined {
  if (threshold === 0 || value === 0) return undefined
  return must === 'be at least' ? value / threshold : threshold / value
}

function compare(goal: Goal, measurements: readonly Measurement[]): readonly Comparison[] {
  const { figure, per } = goal
  const figures = listFigures(measurements, figure)
  const counted = ({ spread }: Figure) => valueThatCounts(goal, spread)
  if (!per) return figures.map((each) => ({ figure: each, per: undefined, value: counted(each) }))
  const peers = listFigures(measurements, per).filter((peer) => counted(peer) > 0)
  return figures.flatMap((each) =>
    peers
      // Two figures of Parlance are compared within one dialect.
      .filter((peer) => figure.target !== per.target || peer.target === each.target)
      .map((peer) => ({ figure: each, per: peer, value: counted(each) / counted(peer) })),
  )
}

function valueThatCounts({ must, isForEveryRun }: Goal, { median, lowest, highest }: Spread): number {
  if (!isForEveryRun) return median
  return must === 'be at least' ? lowest : highest
}

const isWorse = ({ must }: Goal, a: number, b: number): boolean => (must === 'be at least' ? a < b : a > b)

function isMet({ must, threshold }: Goal, value: number): boolean {
  switch (must) {
    case 'be at least':
      return value >= threshold
    case 'be at most':
      return value <= threshold
    case 'be below':
      return value < threshold
  }
}
