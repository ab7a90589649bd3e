import type { Measurement } from '../measurement.ts'
import type { Picture } from './charts.ts'
import type { Goal } from './goals.ts'
import { short, times } from './notation.ts'
import { drawGoalChart, type GoalRow } from './svg/goal-chart.ts'
import { judgeAll, marginOf, type Verdict } from './verdict.ts'

export function drawGoals(measurements: readonly Measurement[]): readonly Picture[] {
  const verdicts = judgeAll(measurements)
  if (verdicts.every(({ outcome }) => outcome === 'not measured')) return []
  const description = tally(verdicts)
  const topics = [...Map.groupBy(verdicts, ({ goal }) => goal.topic)].map(([name, own]) => ({
    name,
    rows: own.map(rowOf),
  }))
  const words = {
    title: 'The goals, and how far each figure is from its own',
    subtitle: description,
    description,
  }
  return [{ name: 'goals', scenario: 'goals', description, draw: drawGoalChart({ ...words, topics }) }]
}

/** '24 of 30 goals met, 2 not met, 4 not measured.' */
export function tally(verdicts: readonly Verdict[]): string {
  const count = (outcome: Verdict['outcome']) => verdicts.filter((each) => each.outcome === outcome).length
  const others = (['not met', 'not measured'] as const)
    .filter((outcome) => count(outcome) > 0)
    .map((outcome) => `, ${count(outcome)} ${outcome}`)
  return `${count('met')} of ${verdicts.length} goals met${others.join('')}.`
}

export function thresholdOf({ must, threshold, per }: Goal): string {
  const sign = { 'be at least': '≥', 'be at most': '≤', 'be below': '<' }[must]
  if (threshold === 0) return 'none'
  return `${sign} ${per ? times(threshold) : short(threshold)}`
}

function rowOf(verdict: Verdict): GoalRow {
  const { goal, outcome } = verdict
  const row = { label: goal.words, goal: thresholdOf(goal) }
  if (verdict.outcome === 'not measured') return { ...row, outcome: 'not measured' }
  const margin = marginOf(goal, verdict.value)
  const measured = goal.per ? times(verdict.value) : short(verdict.value)
  return {
    ...row,
    outcome: outcome === 'met' ? 'met' : 'not met',
    measured,
    ...(margin !== undefined && { margin }),
  }
}
