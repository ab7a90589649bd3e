import { drawing, TOP, WIDTH, type Words } from './drawing.ts'
import { element, group, line, text } from './element.ts'
import { logarithmic } from './scale.ts'

interface GoalChart extends Words {
  readonly topics: readonly { readonly name: string; readonly rows: readonly GoalRow[] }[]
}

export interface GoalRow {
  readonly label: string
  readonly outcome: 'met' | 'not met' | 'not measured'
  /** How many times better than the goal; undefined where that is not a number. */
  readonly margin?: number
  /** Such as '3.1 M'. */
  readonly measured?: string
  /** Such as '≥ 3 M'. */
  readonly goal: string
}

const ROW = 22
const TOPIC = 30
const [LEFT, RIGHT] = [290, 546]
const [MEASURED, GOAL, OUTCOME] = [628, 702, WIDTH]
/** What is worse or better by more ends up on the edge. */
const scale = logarithmic([1 / 4, 8], { from: LEFT, to: RIGHT })

/** Every goal as a line in the middle: what is right of it is better than asked for. */
export function drawGoalChart(chart: GoalChart): string {
  let y = TOP + 14
  const rows = chart.topics.flatMap(({ name, rows }) => {
    y += TOPIC
    const heading = text({ class: 'bold', x: 0, y: y - 6 }, name)
    return [
      heading,
      ...rows.map((row) => {
        y += ROW
        return drawRow(row, y - ROW / 2)
      }),
    ]
  })
  return drawing(chart, y + 14, [ground(y + 6), ...rows])
}

function ground(bottom: number): string {
  const [goal, top] = [scale.at(1), TOP + 14]
  return group(
    element('rect', { class: 'band', x: goal, y: top, width: RIGHT - goal + 14, height: bottom - top }),
    ...[1 / 4, 1 / 2, 2, 4].map((times) => line('grid', scale.at(times), top, scale.at(times), bottom)),
    line('goal', goal, top, goal, bottom),
    ...[
      [1 / 4, '¼'],
      [1 / 2, '½'],
      [1, 'goal'],
      [2, '2 ×'],
      [4, '4 ×'],
    ].map(([times, words]) =>
      text(
        { class: `small middle${times === 1 ? ' bold' : ' muted'}`, x: scale.at(Number(times)), y: TOP + 6 },
        String(words),
      ),
    ),
    text({ class: 'muted small end', x: RIGHT + 14, y: TOP + 6 }, 'better'),
    text({ class: 'muted small end', x: MEASURED, y: TOP + 6 }, 'measured'),
    text({ class: 'muted small end', x: GOAL, y: TOP + 6 }, 'goal'),
  )
}

function drawRow(row: GoalRow, y: number): string {
  const { label, outcome, measured = '', goal } = row
  const look = { met: 'met bold', 'not met': 'missed bold', 'not measured': 'muted' }[outcome]
  return group(
    text({ class: outcome === 'not measured' ? 'muted' : '', x: 12, y: y + 4.5 }, label),
    mark(row, y),
    text({ class: 'bold end', x: MEASURED, y: y + 4.5 }, measured),
    text({ class: 'muted end', x: GOAL, y: y + 4.5 }, goal),
    text({ class: `end ${look}`, x: OUTCOME, y: y + 4.5 }, outcome),
  )
}

function mark({ outcome, margin }: GoalRow, y: number): string {
  if (outcome === 'not measured') return ''
  const colour = outcome === 'met' ? 'met' : 'missed'
  const x = margin === undefined ? scale.at(1) : scale.at(margin)
  return (
    line(`stem ${colour}-line`, scale.at(1), y, x, y) +
    (outcome === 'met'
      ? element('circle', { class: colour, cx: x, cy: y, r: 5.5 })
      : element('rect', { class: colour, x: x - 5, y: y - 5, width: 10, height: 10 }))
  )
}
