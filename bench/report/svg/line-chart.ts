import type { Spread } from '../../measure/statistics.ts'
import { short } from '../notation.ts'
import { drawing, TOP, WIDTH, type Words } from './drawing.ts'
import { element, group, line, span, text, widthOf } from './element.ts'
import { marker } from './marker.ts'
import { logarithmic, type Scale } from './scale.ts'
import { series } from './style.ts'

/** How cost grows: both axes logarithmic, so what grows in proportion is a straight line. */
interface LineChart extends Words {
  /** What the sizes count, such as 'members'. */
  readonly axis: string
  readonly lines: readonly Line[]
}

export interface Line {
  readonly label: string
  /** Drawn thick. */
  readonly isParlance: boolean
  /** Drawn dashed where not. */
  readonly isDurable: boolean
  readonly points: readonly Point[]
}

interface Point {
  readonly size: number
  readonly spread: Spread
}

interface Plot {
  readonly x: Scale
  readonly y: Scale
}

const LEFT = 56
const HEIGHT = 300
const BOTTOM = TOP + HEIGHT
const LABEL_HEIGHT = 17

export function drawLineChart(chart: LineChart): string {
  const plot = plotOf(chart)
  const body = [
    grid(plot),
    text(
      { class: 'muted small middle', x: (plot.x.at(0) + plot.x.at(1e99)) / 2, y: BOTTOM + 38 },
      chart.axis,
    ),
    ...chart.lines.map((each, n) => drawLine(each, n % series.length, plot)).toReversed(),
    labels(chart, plot),
  ]
  return drawing(chart, BOTTOM + 46, body)
}

function plotOf({ lines }: LineChart): Plot {
  const points = lines.flatMap(({ points }) => points)
  const sizes = points.map(({ size }) => size)
  const values = points.flatMap(({ spread }) => [spread.lowest, spread.highest]).filter((value) => value > 0)
  const room = Math.max(...lines.map((each) => widthOf(`${each.label}  ${lastValue(each)}`, 13))) + 34
  return {
    x: logarithmic([Math.min(...sizes), Math.max(...sizes)], { from: LEFT + 12, to: WIDTH - room }),
    y: logarithmic(roundAbout(values), { from: BOTTOM, to: TOP }),
  }
}

/** The nearest 1, 2 or 5 outside, so that the grid has lines at both ends, and no line is drawn too flat or too steep. */
function roundAbout(values: readonly number[]): readonly [number, number] {
  const steps = Array.from({ length: 25 }, (_, n) => n - 12).flatMap((power) =>
    [1, 2, 5].map((step) => Number(`${step}e${power}`)),
  )
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const [low, high] = [
    steps.findLast((step) => step <= least) ?? least,
    steps.find((step) => step >= most) ?? most,
  ]
  return high / low < 10 ? [low / 2, high * 2] : [low, high]
}

function grid({ x, y }: Plot): string {
  const [left, right] = [x.at(0) - 12, x.at(1e99) + 12]
  return group(
    line('grid', left, BOTTOM, right, BOTTOM),
    ...y.ticks.flatMap((tick) => [
      line('grid', left, y.at(tick), right, y.at(tick)),
      text({ class: 'muted small end', x: left - 8, y: y.at(tick) + 4 }, short(tick)),
    ]),
    ...x.ticks.flatMap((tick) => [
      line('grid', x.at(tick), BOTTOM, x.at(tick), BOTTOM + 5),
      text({ class: 'muted small middle', x: x.at(tick), y: BOTTOM + 19 }, tick.toLocaleString('en-US')),
    ]),
  )
}

function drawLine({ points, isParlance, isDurable }: Line, n: number, { x, y }: Plot): string {
  const path = points.map(({ size, spread }) => `${x.at(size).toFixed(1)},${y.at(spread.median).toFixed(1)}`)
  const look = `s${n}-line ${isParlance ? 'thick' : 'thin'}${isDurable ? '' : ' dashed'}`
  return group(
    element('polyline', { class: look, points: path.join(' ') }),
    ...points.map(({ size, spread }) => whisker(x.at(size), y.at(spread.lowest), y.at(spread.highest))),
    ...points.map(({ size, spread }) => marker(n, x.at(size), y.at(spread.median))),
  )
}

function whisker(x: number, from: number, to: number): string {
  if (Math.abs(from - to) < 12) return ''
  return (
    line('spread', x, from, x, to) +
    line('spread', x - 4, from, x + 4, from) +
    line('spread', x - 4, to, x + 4, to)
  )
}

/** Each beside the end of its line, moved apart where they would overlap. */
function labels({ lines }: LineChart, { x, y }: Plot): string {
  const ends = lines
    .flatMap((each, n) => {
      const last = each.points.at(-1)
      return last ? [{ each, n: n % series.length, x: x.at(last.size), y: y.at(last.spread.median) }] : []
    })
    .toSorted((a, b) => a.y - b.y)
  const places = spreadOut(ends.map((end) => end.y))
  return group(
    ...ends.map((end, index) => {
      const [left, at] = [x.at(1e99) + 24, places[index] ?? end.y]
      const name = span({ class: `s${end.n}${end.each.isParlance ? ' bold' : ''}` }, end.each.label)
      const last = span({ class: 'muted', dx: 7 }, lastValue(end.each))
      return (
        line(`leader s${end.n}-line`, end.x + 7, end.y, left - 4, at) +
        element('text', { x: left, y: at + 4.5 }, name, last)
      )
    }),
  )
}

function spreadOut(wanted: readonly number[]): readonly number[] {
  const places: number[] = []
  for (const place of wanted) places.push(Math.max(place, (places.at(-1) ?? 0) + LABEL_HEIGHT))
  for (let n = places.length - 1; n >= 0; n--) {
    const lowest = (places[n + 1] ?? BOTTOM + LABEL_HEIGHT) - LABEL_HEIGHT
    places[n] = Math.min(places[n] ?? 0, lowest)
  }
  return places
}

const lastValue = ({ points }: Line): string => short(points.at(-1)?.spread.median ?? 0)
