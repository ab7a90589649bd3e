import { short } from '../notation.ts'
import { type Bar, type Column, drawBar, type Look, noBar, roomFor } from './bar.ts'
import { barLegend, drawLegend } from './bar-legend.ts'
import { drawing, TOP, WIDTH, type Words } from './drawing.ts'
import { element, group, line, span, text, widthOf } from './element.ts'
import { scaleFor } from './scale.ts'

interface BarChart extends Words {
  readonly panels: readonly Panel[]
  readonly rows: readonly Row[]
  /** What the notes beside the values are, such as 'times bare ws'. */
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

export function drawBarChart(chart: BarChart): string {
  const { panels, rows, noteWords } = chart
  const bottom = ROWS_TOP + rows.length * ROW
  const labels = Math.max(...rows.map(({ label }) => widthOf(label, 13))) + 12
  const columns = columnsOf(chart, labels)
  const bars = rows.flatMap((row) => row.bars.filter((bar) => bar !== undefined))
  return drawing(chart, bottom + 52, [
    ...columns.map((column) => grid(column, bottom)),
    ...panels.flatMap((panel, n) => columns.slice(n, n + 1).map((column) => heading(panel, column))),
    ...rows.map((row, n) => drawRow(row, columns, { y: ROWS_TOP + (n + 0.5) * ROW, labels })),
    drawLegend(barLegend(rows, bars, noteWords), bottom + 42),
  ])
}

/** All are as wide, whatever is written beside their bars. */
function columnsOf({ panels, rows }: BarChart, labels: number): readonly Column[] {
  const barsOf = (n: number) => rows.flatMap(({ bars }) => bars[n] ?? [])
  const rooms = panels.map((_, n) => Math.max(0, ...barsOf(n).map(roomFor)))
  const room = rooms.reduce((sum, each) => sum + each, GAP * (panels.length - 1))
  const width = (WIDTH - labels - room) / panels.length
  let from = labels
  return rooms.map((beside, n) => {
    const place = { from, to: from + width }
    from += width + beside + GAP
    const values = barsOf(n).flatMap((bar) => [bar.spread.lowest, bar.spread.highest, bar.goal ?? 0])
    return { from: place.from, scale: scaleFor(values, place) }
  })
}

function heading({ heading, hint }: Panel, { from, scale }: Column): string {
  const how = scale.isLogarithmic ? `${hint} · log` : hint
  return element(
    'text',
    { x: from, y: TOP + 6 },
    span({ class: 'bold' }, heading),
    span({ class: 'muted small', dx: 9 }, how),
  )
}

function grid({ scale }: Column, bottom: number): string {
  return group(
    ...scale.ticks.map((tick) => line('grid', scale.at(tick), ROWS_TOP, scale.at(tick), bottom)),
    ...scale.ticks.map((tick) =>
      text({ class: 'muted small middle', x: scale.at(tick), y: bottom + 16 }, short(tick)),
    ),
  )
}

function drawRow(row: Row, columns: readonly Column[], { y, labels }: { y: number; labels: number }): string {
  const name = row.isParlance ? 'end bold parlance' : 'end'
  return group(
    text({ class: name, x: labels - 12, y: y + 4.5 }, row.label),
    ...columns.map((column, n) => {
      const bar = row.bars[n]
      return bar ? drawBar(bar, row, { column, y }) : noBar(column, y)
    }),
  )
}
