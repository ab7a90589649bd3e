import * as Plot from '@observablehq/plot'
import type { Spread } from '../../measure/statistics.ts'
import { short } from '../notation.ts'
import { widthOf } from './element.ts'
import { ink } from './inks.ts'
import { type Axis, placesOn } from './scale.ts'

export interface Bar {
  readonly spread: Spread
  /** Beside the value, such as '28 ×'. */
  readonly note?: string
  readonly goal?: number
}

export interface Look {
  readonly isParlance: boolean
  /** Drawn hollow where not: it promises less than the filled ones, so the two do not run the same race. */
  readonly isDurable: boolean
}

/** A bar in its row. */
export type Placed = Bar & Look & { readonly label: string }

/** Where the bars of one metric are drawn. */
export interface Column {
  readonly from: number
  readonly to: number
  readonly axis: Axis
}

const RADIUS = 6
const SPACE = 10
/** Insets in pixels, in a row of 27. */
const [BAR_INSET, GOAL_INSET, WHISKER_INSET] = [5.5, 2.5, 9.5]

/** Pixels that a figure and its note take beside a bar. */
export const roomFor = ({ spread, note }: Bar): number =>
  RADIUS + SPACE + widthOf(short(spread.median), 14) + (note ? 8 + widthOf(note, 13) : 0)

/** Everything that is drawn for the bars of one metric. */
export function marksOf(bars: readonly Placed[], column: Column): Plot.Markish[] {
  return [
    ...[...Map.groupBy(bars, ({ isParlance, isDurable }) => `${isParlance} ${isDurable}`).values()].flatMap(
      (alike) => marksOfLook(alike, column),
    ),
    ...whiskers(bars, column),
    Plot.tickX(
      bars.filter(({ goal }) => goal !== undefined),
      { ...row('goal', GOAL_INSET), strokeWidth: 2, strokeDasharray: '2 2' },
    ),
    ...figures(bars, column),
  ]
}

const row = (x: Plot.ChannelValueSpec, inset: number) =>
  ({ x, y: 'label', stroke: ink('strong'), insetTop: inset, insetBottom: inset }) as const

/** Lengths can be compared from nothing only, so on a logarithmic scale it is the place of a dot that counts. */
function marksOfLook(alike: readonly Placed[], { axis }: Column): Plot.Markish[] {
  const [look] = alike
  const fill = ink(look?.isParlance ? 'parlance' : 'peer')
  const hollow = look?.isDurable ? {} : { stroke: fill, strokeWidth: 1.5, fillOpacity: 0.12 }
  const median = ({ spread }: Placed) => spread.median
  if (axis.type === 'linear') {
    const inset = { insetTop: BAR_INSET, insetBottom: BAR_INSET }
    return [Plot.barX(alike, { x1: 0, x2: median, y: 'label', fill, ...hollow, ...inset, rx: 2 })]
  }
  const stem = { stroke: fill, strokeWidth: 4, strokeOpacity: 0.45, insetRight: RADIUS }
  return [
    Plot.ruleY(alike, { x1: axis.domain[0], x2: median, y: 'label', ...stem }),
    Plot.dot(alike, { x: median, y: 'label', r: RADIUS, fill, ...hollow }),
  ]
}

function whiskers(bars: readonly Placed[], { axis, from, to }: Column): Plot.Markish[] {
  const { apply } = placesOn(axis, from, to)
  // A spread that the dot covers could not be read.
  const least = axis.type === 'log' ? 2 * RADIUS : 3
  const seen = bars.filter(({ spread }) => apply(spread.highest) - apply(spread.lowest) > least)
  const lowest = ({ spread }: Placed) => spread.lowest
  const highest = ({ spread }: Placed) => spread.highest
  const look = { stroke: ink('strong'), strokeWidth: 1.5, strokeOpacity: 0.6 }
  return [
    Plot.ruleY(seen, { x1: lowest, x2: highest, y: 'label', ...look }),
    ...[lowest, highest].map((end) => Plot.tickX(seen, { ...row(end, WHISKER_INSET), ...look })),
  ]
}

/** Beside the bar; and beyond its goal where that would strike it through. */
function figures(bars: readonly Placed[], { axis, from, to }: Column): Plot.Markish[] {
  const { apply, invert } = placesOn(axis, from, to)
  const place = (bar: Placed): number => {
    const { spread, goal } = bar
    const beside = Math.max(apply(spread.highest), apply(spread.median) + RADIUS) + SPACE - 2
    const line = goal === undefined ? -1 : apply(goal)
    return line > beside - SPACE && line < beside + roomFor(bar) ? line + 8 : beside
  }
  const figure = ({ spread }: Placed) => short(spread.median)
  const at = { x: (bar: Placed) => invert(place(bar)), y: 'label', textAnchor: 'start' } as const
  return [
    Plot.text(
      bars.filter(({ isParlance }) => isParlance),
      { ...at, text: figure, fontWeight: 600 },
    ),
    Plot.text(
      bars.filter(({ isParlance }) => !isParlance),
      { ...at, text: figure },
    ),
    Plot.text(
      bars.filter(({ note }) => note !== undefined),
      {
        ...at,
        x: (bar: Placed) => invert(place(bar) + widthOf(figure(bar), 13) + 8),
        text: 'note',
        fill: ink('muted'),
      },
    ),
  ]
}
