import type { Measurement } from '../measurement.ts'
import { tally, thresholdOf } from './goal-picture.ts'
import type { Goal } from './goals.ts'
import { exact, percent, range, short, times, titleOf, withUnit } from './notation.ts'
import { table } from './tables.ts'
import { judgeAll, type Verdict } from './verdict.ts'

/** Every goal, those that are missed as plainly as those that are met. */
export function goalTable(measurements: readonly Measurement[]): string {
  const verdicts = judgeAll(measurements)
  const rows = [...Map.groupBy(verdicts, ({ goal }) => goal.topic)].flatMap(([topic, own]) => [
    [`**${topic}**`, ...Array.from({ length: 6 }, () => '')],
    ...own.map(rowOf),
  ])
  const heading = ['', 'goal', '', 'ratio', 'measured', 'against', 'generator CPU']
  return `${tally(verdicts)}\n\n${table(heading, rows)}`
}

function rowOf(verdict: Verdict): readonly string[] {
  const { goal } = verdict
  const start = [goal.words, thresholdOf(goal)]
  if (verdict.outcome === 'not measured') return [...start, 'not measured', '–', '–', '–', '–']
  const { outcome, figure, per, value } = verdict
  const shares = [figure, ...(per && per.target !== figure.target ? [per] : [])]
    .map(({ generatorShare }) => generatorShare)
    .filter((share) => share !== undefined)
  return [
    ...start,
    outcome === 'met' ? 'met' : '**not met**',
    per ? `**${times(value)}**` : '–',
    `${withUnit(figure.spread.median, goal.figure.metric)}<br><sub>${range(figure.spread)}</sub>`,
    per ? `${short(per.spread.median)}, ${against(goal, per.target, figure.target)}` : '–',
    shares.length > 0 ? shares.map(percent).join(', ') : '–',
  ]
}

/** The peer's title; for the same target the size or the metric that differs. */
function against({ figure, per }: Goal, peer: string, target: string): string {
  if (peer !== target) return titleOf(peer)
  return per?.metric === figure.metric ? `at ${exact(per.size ?? 0)}` : (per?.metric ?? '')
}
