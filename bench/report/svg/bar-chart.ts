import * as Plot from '@observablehq/plot'
import { short } from '../notation.ts'
import { barLegend, drawLegend } from './bar-legend.ts'
import { type Bar, type Column, type Look, marksOf, roomFor } from './bars.ts'
import { type Drawing, drawing, plotted, TOP, WIDTH, type Words } from './drawing.ts'
import { element, escapeXml, widthOf } from './element.ts'
import { ink } from './inks.ts'
import { axisFor } from './scale.ts'

interface BarChart extends Words {
  readonly panels: readonly Panel[]
  readonly rows: readonly Row[]
  /** The meaning of the notes beside the values, such as 'times bare ws'. */
  readonly noteWords: string
}

/** One metric, side by side with the others, on a scale of its own. */
interface Panel {
  readonly heading: string
  /** Such as 'less is better'. */
  readonly hint: string
}

export interface Row extends Look {
  readonly label: string
  /** One for each panel; undefined where it was not measured. */
  readonly bars: readonly (Bar | undefined)[]
}

const ROW = 27
const GAP = 26
const ROWS_TOP = TOP + 22
const BELOW = 52

export function drawBarChart(chart: BarChart): Drawing {
  const { panels, rows, noteWords } = chart
  const bottom = ROWS_TOP + rows.length * ROW
  const columns = columnsOf(chart)
  const bars = rows.flatMap((row) => row.bars.filter((bar) => bar !== undefined))
  return drawing(chart, bottom + BELOW, [
    ...panels.flatMap((panel, n) => columns.slice(n, n + 1).map((column) => heading(panel, column))),
    ...columns.map((column, n) => drawColumn(rows, column, n)),
    drawLegend(barLegend(rows, bars, noteWords), bottom + 42),
  ])
}

/** All are as wide, whatever is written beside their bars. */
function columnsOf({ panels, rows }: BarChart): readonly Column[] {
  const labels = Math.max(...rows.map(({ label }) => widthOf(label, 13))) + 12
  const barsOf = (n: number) => rows.flatMap(({ bars }) => bars[n] ?? [])
  const rooms = panels.map((_, n) => Math.max(0, ...barsOf(n).map(roomFor)))
  const room = rooms.reduce((sum, each) => sum + each, GAP * (panels.length - 1))
  const width = (WIDTH - labels - room) / panels.length
  let from = labels
  return rooms.map((beside, n) => {
    const place = { from, to: from + width }
    from += width + beside + GAP
    const values = barsOf(n).flatMap(({ spread, goal = 0 }) => [spread.lowest, spread.highest, goal])
    return { ...place, axis: axisFor(values) }
  })
}

function heading({ heading, hint }: Panel, { from, axis }: Column): string {
  const how = axis.type === 'log' ? `${hint} · log` : hint
  const words = element('tspan', { class: 'bold' }, escapeXml(heading))
  const hinted = element('tspan', { class: 'muted small', dx: 9 }, escapeXml(how))
  return element('text', { x: from, y: TOP + 6 }, words, hinted)
}

function drawColumn(rows: readonly Row[], column: Column, n: number): string {
  const { from, to, axis } = column
  const bars = rows.flatMap(({ bars, ...row }) => (bars[n] ? [{ ...row, ...bars[n] }] : []))
  const missing = rows.filter(({ bars }) => !bars[n])
  const left = { frameAnchor: 'left', textAnchor: 'start', y: 'label' } as const
  return plotted({
    height: ROWS_TOP + rows.length * ROW + BELOW,
    ...{ marginTop: ROWS_TOP, marginBottom: BELOW, marginLeft: from, marginRight: WIDTH - to },
    x: { type: axis.type, domain: [...axis.domain], axis: null },
    y: { type: 'band', domain: rows.map(({ label }) => label), padding: 0, axis: null },
    marks: [
      Plot.gridX({ ticks: axis.ticks, stroke: ink('grid'), strokeOpacity: 1 }),
      Plot.axisX({
        ticks: axis.ticks,
        tickSize: 0,
        tickFormat: short,
        fontSize: 12,
        label: null,
        fill: ink('muted'),
      }),
      ...(n === 0 ? names(rows) : []),
      ...marksOf(bars, column),
      Plot.text(missing, { ...left, dx: 6, text: () => '–', fill: ink('muted') }),
    ],
  })
}

function names(rows: readonly Row[]): Plot.Markish[] {
  const place = { frameAnchor: 'left', textAnchor: 'end', dx: -12, y: 'label', text: 'label' } as const
  return [
    Plot.text(
      rows.filter(({ isParlance }) => isParlance),
      { ...place, fontWeight: 600, fill: ink('parlance') },
    ),
    Plot.text(
      rows.filter(({ isParlance }) => !isParlance),
      place,
    ),
  ]
}
