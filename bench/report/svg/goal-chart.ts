import * as Plot from '@observablehq/plot'
import { type Drawing, drawing, plotted, TOP, WIDTH, type Words } from './drawing.ts'
import { ink } from './inks.ts'

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

/** A row in its place, from the top. */
type Placed = GoalRow & { readonly y: number }

const ROW = 22
const TOPIC = 30
const [LEFT, RIGHT] = [290, 560]
const [MEASURED, GOAL, OUTCOME] = [628, 702, WIDTH]
/** The range of the chart; ratios beyond it end up on the edge. */
const [WORST, BEST] = [1 / 4, 8]
const MARKS = new Map([
  [1 / 4, '¼'],
  [1 / 2, '½'],
  [2, '2 ×'],
  [4, '4 ×'],
])

/** Every goal as a line in the middle: what is right of it is better than asked for. */
export function drawGoalChart(chart: GoalChart): Drawing {
  let bottom = TOP + 14
  const headings: { name: string; y: number }[] = []
  const rows: Placed[] = []
  for (const topic of chart.topics) {
    bottom += TOPIC
    headings.push({ name: topic.name, y: bottom - 10 })
    for (const row of topic.rows) {
      bottom += ROW
      rows.push({ ...row, y: bottom - ROW / 2 })
    }
  }
  const body = plotted({
    height: bottom + 14,
    ...{ marginTop: TOP + 14, marginBottom: 8, marginLeft: LEFT, marginRight: WIDTH - RIGHT },
    x: { type: 'log', domain: [WORST, BEST], clamp: true, axis: null },
    y: { type: 'identity', axis: null },
    marks: [
      ...ground(),
      Plot.text(headings, { ...at(0, 'start'), text: 'name', fontWeight: 600 }),
      ...rows.flatMap(marksOf),
    ],
  })
  return drawing(chart, bottom + 14, [body])
}

/** Words that end or begin at a place of the picture. */
const at = (place: number, textAnchor: 'start' | 'end') =>
  ({ frameAnchor: 'left', y: 'y', textAnchor, dx: place - LEFT }) as const

function ground(): Plot.Markish[] {
  const above = { y: () => TOP + 2, fontSize: 12 }
  const muted = { ...above, fill: ink('muted') }
  const column = (place: number, words: string) =>
    Plot.text([words], { ...muted, frameAnchor: 'left', textAnchor: 'end', dx: place - LEFT, text: [words] })
  return [
    Plot.rect([1], { x1: 1, x2: BEST, fill: ink('met'), fillOpacity: 0.08 }),
    Plot.ruleX(MARKS.keys(), { stroke: ink('grid') }),
    Plot.ruleX([1], { stroke: ink('strong'), strokeWidth: 2, strokeDasharray: '2 2' }),
    Plot.text(MARKS, { ...muted, x: '0', text: '1' }),
    Plot.text(['goal'], { ...above, x: () => 1, text: ['goal'], fontWeight: 600 }),
    column(RIGHT, 'better'),
    column(MEASURED, 'measured'),
    column(GOAL, 'goal'),
  ]
}

function marksOf(row: Placed): Plot.Markish[] {
  const { outcome, margin = 1 } = row
  const isMeasured = outcome !== 'not measured'
  const muted = { fill: ink('muted') }
  const colour = ink(outcome === 'met' ? 'met' : 'missed')
  const stem = { x1: 1, x2: margin, y: 'y', stroke: colour, strokeWidth: 4, strokeOpacity: 0.45 }
  const mark = {
    x: () => margin,
    y: 'y',
    fill: colour,
    r: 5.5,
    symbol: outcome === 'met' ? 'circle' : 'square',
  } as const
  const verdict = isMeasured ? { fill: colour, fontWeight: 600 } : muted
  return [
    Plot.text([row], { ...at(12, 'start'), text: 'label', ...(isMeasured ? {} : muted) }),
    ...(isMeasured ? [Plot.ruleY([row], stem), Plot.dot([row], mark)] : []),
    Plot.text([row], { ...at(MEASURED, 'end'), text: () => row.measured ?? '', fontWeight: 600 }),
    Plot.text([row], { ...at(GOAL, 'end'), text: 'goal', ...muted }),
    Plot.text([row], { ...at(OUTCOME, 'end'), text: 'outcome', ...verdict }),
  ]
}
