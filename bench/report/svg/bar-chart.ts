import type { Spread } from '../../measure/statistics.ts'
import { short } from '../notation.ts'
import { drawing, TOP, WIDTH, type Words } from './drawing.ts'
import { element, group, line, text, widthOf } from './element.ts'
import { type Scale, scaleFor } from './scale.ts'

export interface BarChart extends Words {
  readonly panels: readonly Panel[]
  readonly rows: readonly Row[]
}

/** One metric, side by side with the others, on a scale of its own. */
export interface Panel {
  readonly heading: string
  /** Such as 'less is better'. */
  readonly hint: string
}

export interface Row {
  readonly label: string
  readonly isParlance: boolean
  /** Drawn hollow: it promises less than the filled ones, so the two are not the same race. */
  readonly isDurable: boolean
  /** One for each panel; undefined where it was not measured. */
  readonly bars: readonly (Bar | undefined)[]
}

export interface Bar {
  readonly spread: Spread
  /** Beside the value, such as '28 ×'. */
  readonly note?: string
  readonly goal?: number
}

interface Column {
  readonly from: number
  readonly to: number
  readonly scale: Scale
}

const ROW = 27
const GAP = 24
const HEADING = 22
const LABEL_FONT = 13

export function drawBarChart(chart: BarChart): string {
  const rowsTop = TOP + HEADING
  const bottom = rowsTop + chart.rows.length * ROW
  const labels = Math.max(...chart.rows.map(({ label }) => widthOf(label, LABEL_FONT))) + 12
  const columns = columnsOf(chart, labels)
  const body = [
    ...chart.panels.flatMap((panel, n) => {
      const column = columns[n]
      return column ? [heading(panel, column), grid(column, rowsTop, bottom)] : []
    }),
    ...chart.rows.map((row, n) => drawRow(row, columns, { y: rowsTop + (n + 0.5) * ROW, labels })),
    legend(chart.rows, bottom + 42),
  ]
  return drawing(chart, bottom + 52, body)
}

function columnsOf({ panels, rows }: BarChart, labels: number): readonly Column[] {
  const width = (WIDTH - labels - GAP * (panels.length - 1)) / panels.length
  return panels.map((_, n) => {
    const bars = rows.flatMap(({ bars }) => bars[n] ?? [])
    const from = labels + n * (width + GAP)
    const to = from + width - Math.max(0, ...bars.map((bar) => widthOf(label(bar), LABEL_FONT))) - 14
    const values = bars.flatMap(({ spread, goal }) => [spread.lowest, spread.highest, goal ?? spread.median])
    return { from, to, scale: scaleFor(values, { from, to }) }
  })
}

function heading({ heading, hint }: Panel, { from, scale }: Column): string {
  const how = scale.isLogarithmic ? `${hint}, log scale` : hint
  return group(
    text({ class: 'bold', x: from, y: TOP + 6 }, heading),
    text({ class: 'muted small', x: from + widthOf(heading, 13.5) + 10, y: TOP + 6 }, how),
  )
}

function grid({ scale }: Column, top: number, bottom: number): string {
  return group(
    ...scale.ticks.map((tick) => line('grid', scale.at(tick), top, scale.at(tick), bottom)),
    ...scale.ticks.map((tick) =>
      text({ class: 'muted small middle', x: scale.at(tick), y: bottom + 16 }, short(tick)),
    ),
  )
}

function drawRow(row: Row, columns: readonly Column[], { y, labels }: { y: number; labels: number }): string {
  const name = row.isParlance ? 'end bold parlance' : 'end'
  return group(
    text({ class: name, x: labels - 12, y: y + 4.5 }, row.label),
    ...columns.map((column, n) => drawBar(row.bars[n], { row, column, y })),
  )
}

function drawBar(bar: Bar | undefined, place: { row: Row; column: Column; y: number }): string {
  const { row, column, y } = place
  if (!bar) return text({ class: 'muted small', x: column.from + 6, y: y + 4.5 }, '–')
  const { at } = column.scale
  const { median, lowest, highest } = bar.spread
  const afterSpread = at(highest) + 10
  const goal = bar.goal === undefined ? undefined : at(bar.goal)
  const isInTheWay = goal !== undefined && goal > at(median) - 4 && goal < afterSpread + 90
  return group(
    mark(row, column, { x: at(median), y }),
    at(highest) - at(lowest) < 3 ? '' : whisker(at(lowest), at(highest), y),
    goal === undefined ? '' : line('goal', goal, y - 11, goal, y + 11),
    value(bar, row, { x: isInTheWay ? Math.max(afterSpread, goal + 8) : afterSpread, y }),
  )
}

/** A bar's length means something from nothing only, so on a logarithmic scale it is a dot that counts. */
function mark(
  { isParlance, isDurable }: Row,
  { from, scale }: Column,
  { x, y }: { x: number; y: number },
): string {
  const colour = isParlance ? 'parlance' : 'peer'
  const fill = isDurable ? colour : `${colour} hollow ${colour}-line`
  if (!scale.isLogarithmic) {
    return element('rect', {
      class: fill,
      x: from,
      y: y - 8,
      width: Math.max(1, x - from),
      height: 16,
      rx: 2,
    })
  }
  return (
    line(`stem ${colour}-line`, from, y, Math.max(from, x - 6), y) +
    element('circle', { class: fill, cx: x, cy: y, r: 6 })
  )
}

const whisker = (from: number, to: number, y: number): string =>
  line('spread', from, y, to, y) +
  line('spread', from, y - 4, from, y + 4) +
  line('spread', to, y - 4, to, y + 4)

function value({ spread, note }: Bar, { isParlance }: Row, { x, y }: { x: number; y: number }): string {
  const figure = element('tspan', isParlance ? { class: 'bold' } : {}, short(spread.median))
  const beside = note ? element('tspan', { class: 'muted', dx: 8 }, note) : ''
  return element('text', { x, y: y + 4.5 }, figure, beside)
}

const label = ({ spread, note = '' }: Bar): string => `${short(spread.median)}   ${note}`

function legend(rows: readonly Row[], y: number): string {
  const entries = [
    ...(rows.some(({ isDurable }) => !isDurable) && rows.some(({ isDurable }) => isDurable)
      ? [
          {
            mark: element('circle', { class: 'peer', cx: 6, cy: -4, r: 5 }),
            words: 'on disk before it is acknowledged',
          },
          {
            mark: element('circle', { class: 'peer hollow peer-line', cx: 6, cy: -4, r: 5 }),
            words: 'not stored, or not synced',
          },
        ]
      : []),
    ...(rows.some(({ bars }) => bars.some((bar) => bar?.goal !== undefined))
      ? [{ mark: line('goal', 6, -11, 6, 3), words: 'goal' }]
      : []),
    { mark: whisker(0, 12, -4), words: 'lowest to highest run' },
  ]
  let x = 0
  return entries
    .map(({ mark, words }) => {
      const entry = element(
        'g',
        { transform: `translate(${Math.round(x)} ${Math.round(y)})` },
        mark,
        text({ class: 'muted small', x: 19, y: 0 }, words),
      )
      x += widthOf(words, 12) + 42
      return entry
    })
    .join('')
}
