import * as Plot from '@observablehq/plot'
import type { Spread } from '../../measure/statistics.ts'
import { short } from '../notation.ts'
import { type Drawing, drawing, plotted, TOP, WIDTH, type Words } from './drawing.ts'
import { text, widthOf } from './element.ts'
import { ink, inkOfLine } from './inks.ts'
import { type Axis, logarithmic, placesOn } from './scale.ts'

/** How cost grows: both axes logarithmic, so what grows in proportion is a straight line. */
interface LineChart extends Words {
  /** The unit of the sizes, such as 'members'. */
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

interface Axes {
  readonly x: Axis
  readonly y: Axis
  readonly right: number
}

const LEFT = 68
const HEIGHT = 300
const BOTTOM = TOP + HEIGHT
const BELOW = 46
const LABEL_HEIGHT = 17
/** Grid lines go so far past the first and the last size. */
const PAST = 12
/** Shapes as well as colours, for those who do not tell the colours apart. */
const SYMBOLS = ['circle', 'square', 'diamond', 'triangle', 'cross', 'wye', 'star'] as const

export function drawLineChart(chart: LineChart): Drawing {
  const axes = axesOf(chart)
  const { x, y, right } = axes
  const body = plotted({
    height: BOTTOM + BELOW,
    ...{ marginTop: TOP, marginBottom: BELOW, marginLeft: LEFT, marginRight: WIDTH - right },
    x: { type: x.type, domain: [...x.domain], axis: null },
    y: { type: y.type, domain: [...y.domain], axis: null },
    marks: [
      ...grid(axes),
      ...chart.lines.map((each, n) => marksOf(each, n, axes)).toReversed(),
      ...labels(chart, axes),
    ],
  })
  const name = text({ class: 'muted small middle', x: (LEFT + right) / 2, y: BOTTOM + 38 }, chart.axis)
  return drawing(chart, BOTTOM + BELOW, [body, name])
}

function axesOf({ lines }: LineChart): Axes {
  const points = lines.flatMap(({ points }) => points)
  const sizes = points.map(({ size }) => size)
  const values = points.flatMap(({ spread }) => [spread.lowest, spread.highest]).filter((value) => value > 0)
  const room = Math.max(...lines.map((each) => widthOf(`${each.label}  ${lastValue(each)}`, 13))) + 34
  return {
    x: logarithmic(Math.min(...sizes), Math.max(...sizes)),
    y: logarithmic(...roundAbout(values)),
    right: WIDTH - room,
  }
}

/** The nearest 1, 2 or 5 outside: the grid then has lines at both ends, and curves are neither flat nor steep. */
function roundAbout(values: readonly number[]): readonly [number, number] {
  const { ticks } = logarithmic(1e-12, 1e12)
  const steps = (ticks as readonly number[]).flatMap((tick) => [tick, 2 * tick, 5 * tick])
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const low = steps.findLast((step) => step <= least) ?? least
  const high = steps.find((step) => step >= most) ?? most
  return high / low < 10 ? [low / 2, high * 2] : [low, high]
}

function grid({ x, y }: Axes): Plot.Markish[] {
  const line = { stroke: ink('grid'), strokeOpacity: 1, insetLeft: -PAST, insetRight: -PAST }
  const words = { fontSize: 12, label: null, fill: ink('muted') }
  return [
    Plot.ruleY([y.domain[0]], line),
    Plot.gridY({ ticks: y.ticks, ...line }),
    Plot.axisY({ ticks: y.ticks, tickSize: 0, tickPadding: 20, tickFormat: short, ...words }),
    Plot.axisX({
      ...{ ticks: x.ticks, tickSize: 5, stroke: ink('grid'), ...words },
      tickFormat: (size: number) => size.toLocaleString('en-US'),
    }),
  ]
}

function marksOf({ points, isParlance, isDurable }: Line, n: number, { x, y, right }: Axes): Plot.Markish[] {
  const places = { x: placesOn(x, LEFT, right), y: placesOn(y, BOTTOM, TOP) }
  const stroke = inkOfLine(n)
  const place = { x: 'size', y: ({ spread }: Point) => spread.median }
  const [lowest, highest] = [
    ({ spread }: Point) => spread.lowest,
    ({ spread }: Point) => spread.highest,
  ] as const
  const seen = points.filter((each) => places.y.apply(lowest(each)) - places.y.apply(highest(each)) > 12)
  const whisker = { stroke: ink('strong'), strokeWidth: 1.5, strokeOpacity: 0.6 }
  const beside = (pixels: number) => (each: Point) => places.x.invert(places.x.apply(each.size) + pixels)
  return [
    Plot.line(points, {
      ...{ ...place, stroke, strokeWidth: isParlance ? 3.5 : 2 },
      ...(isDurable ? {} : { strokeDasharray: '6 4' }),
    }),
    Plot.ruleX(seen, { ...whisker, x: 'size', y1: lowest, y2: highest }),
    ...[lowest, highest].map((y) => Plot.ruleY(seen, { ...whisker, x1: beside(-4), x2: beside(4), y })),
    Plot.dot(points, { ...place, fill: stroke, r: 5, symbol: SYMBOLS[n % SYMBOLS.length] ?? 'circle' }),
  ]
}

/** Each beside the end of its line, moved apart where they would overlap. */
function labels({ lines }: LineChart, axes: Axes): Plot.Markish[] {
  const { apply, invert } = placesOn(axes.y, BOTTOM, TOP)
  const edge = placesOn(axes.x, LEFT, axes.right).invert(axes.right + 20)
  const ends = lines
    .flatMap(({ points, ...line }, n) => {
      const last = points.at(-1)
      return last ? [{ ...line, n, last, value: short(last.spread.median) }] : []
    })
    .toSorted((a, b) => b.last.spread.median - a.last.spread.median)
  const places = spreadOut(ends.map(({ last }) => apply(last.spread.median)))
  return ends.flatMap(({ label, isParlance, n, last, value }, index) => {
    const y = invert(places[index] ?? 0)
    const leader = {
      ...{ x1: last.size, y1: last.spread.median, x2: edge, y2: y },
      ...{ stroke: inkOfLine(n), strokeOpacity: 0.5 },
    }
    return [
      Plot.link([last], leader),
      Plot.text([`${label}  ${value}`], {
        ...{ frameAnchor: 'right', textAnchor: 'start', dx: 24, y: () => y },
        ...{ fill: inkOfLine(n), fontWeight: isParlance ? 600 : 400 },
      }),
    ]
  })
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
