import type { Spread } from '../../measure/statistics.ts'
import { short } from '../notation.ts'
import { element, group, line, span, text, widthOf } from './element.ts'
import type { Scale } from './scale.ts'

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

/** Where the bars of one metric are drawn. */
export interface Column {
  readonly from: number
  readonly scale: Scale
}

const RADIUS = 6
const SPACE = 10

export function drawBar(bar: Bar, look: Look, { column, y }: { column: Column; y: number }): string {
  const { at } = column.scale
  const { median, lowest, highest } = bar.spread
  const [from, to] = [at(lowest), at(highest)]
  const goal = bar.goal === undefined ? undefined : at(bar.goal)
  // A spread that the dot covers could not be read.
  const isSpreadSeen = to - from > (column.scale.isLogarithmic ? 2 * RADIUS : 3)
  return group(
    mark(look, column, { x: at(median), y }),
    isSpreadSeen ? whisker(from, to, y) : '',
    goal === undefined ? '' : line('goal', goal, y - 11, goal, y + 11),
    words(bar, look, { x: placeOfWords(bar, column, goal), y }),
  )
}

export const noBar = ({ from }: Column, y: number): string =>
  text({ class: 'muted small', x: from + 6, y: y + 4.5 }, '–')

/** That a figure and its note take beside a bar. */
export const roomFor = ({ spread, note }: Bar): number =>
  RADIUS + SPACE + widthOf(short(spread.median), 14) + (note ? 8 + widthOf(note, 13) : 0)

/** Beside the bar; and beyond its goal where that would strike it through. */
function placeOfWords(bar: Bar, { scale }: Column, goal: number | undefined): number {
  const beside = Math.max(scale.at(bar.spread.highest), scale.at(bar.spread.median) + RADIUS) + SPACE - 2
  const isInTheWay = goal !== undefined && goal > beside - SPACE && goal < beside + roomFor(bar)
  return isInTheWay ? goal + 8 : beside
}

/** Lengths can be compared from nothing only, so on a logarithmic scale it is the place of a dot that counts. */
function mark(look: Look, { from, scale }: Column, { x, y }: { x: number; y: number }): string {
  const colour = look.isParlance ? 'parlance' : 'peer'
  const fill = look.isDurable ? colour : `${colour} hollow ${colour}-line`
  if (!scale.isLogarithmic) {
    const size = { width: Math.max(1, x - from), height: 16 }
    return element('rect', { class: fill, x: from, y: y - 8, ...size, rx: 2 })
  }
  const stem = line(`stem ${colour}-line`, from, y, Math.max(from, x - RADIUS), y)
  return stem + element('circle', { class: fill, cx: x, cy: y, r: RADIUS })
}

export const whisker = (from: number, to: number, y: number): string =>
  line('spread', from, y, to, y) +
  line('spread', from, y - 4, from, y + 4) +
  line('spread', to, y - 4, to, y + 4)

function words({ spread, note }: Bar, { isParlance }: Look, { x, y }: { x: number; y: number }): string {
  const figure = span(isParlance ? { class: 'bold' } : {}, short(spread.median))
  const beside = note ? span({ class: 'muted', dx: 8 }, note) : ''
  return element('text', { x, y: y + 4.5 }, figure, beside)
}
