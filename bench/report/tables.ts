import type { Measurement } from '../measurement.ts'
import { type Chapter, YARDSTICK } from './chapters.ts'
import { figureOf, GENERATOR_SHARE, sumOf } from './figures.ts'
import { exact, percent, range, short, times, titleOf } from './notation.ts'

const COUNTS = ['accepted', 'stored', 'delivered'] as const
const SERVER_SHARE = 'server CPU share'
/** With its core this busy, the generator may be what was measured. */
const BOTTLENECK = 0.95

interface Column {
  readonly heading: string
  /** Undefined where it was not measured. */
  cell(measurement: Measurement): string | undefined
}

/** All targets at one size. Columns that nobody has a figure for are left out. */
export function comparisonTable(chapter: Chapter, measurements: readonly Measurement[]): string {
  const columns = columnsOf(chapter, measurements)
  const used = columns.filter(({ cell }) => measurements.some((each) => cell(each) !== undefined))
  return table(
    ['', ...used.map(({ heading }) => heading)],
    measurements.map((each) => [name(each), ...used.map(({ cell }) => cell(each) ?? '–')]),
  )
}

function columnsOf(chapter: Chapter, measurements: readonly Measurement[]): readonly Column[] {
  const { metrics, ratioOf, yardstick = YARDSTICK } = chapter
  const measured = measurements.find(({ target }) => target === yardstick)
  const base = measured && ratioOf !== undefined ? figureOf(measured, ratioOf)?.spread.median : undefined
  const ratio = (each: Measurement): string | undefined => {
    const figure = ratioOf === undefined ? undefined : figureOf(each, ratioOf)
    return figure && base ? `**${times(figure.spread.median / base)}**` : undefined
  }
  return [
    { heading: `${ratioOf} ÷ ${titleOf(yardstick)}`, cell: ratio },
    ...metrics.map((metric) => ({ heading: metric, cell: (each: Measurement) => spreadCell(each, metric) })),
    { heading: 'server CPU', cell: (each) => shareCell(each, SERVER_SHARE) },
    { heading: 'generator CPU', cell: (each) => shareCell(each, GENERATOR_SHARE) },
    ...COUNTS.map((count) => ({ heading: count, cell: (each: Measurement) => countCell(each, count) })),
  ]
}

/** How one metric grows with the size: a row for each target, a column for each size. */
export function growthTable(metric: string, measurements: readonly Measurement[]): string {
  const measured = measurements.filter((each) => figureOf(each, metric))
  const sizes = [...new Set(measured.map(({ size }) => size ?? 0))].toSorted((a, b) => a - b)
  const targets = [...new Set(measured.map(({ target }) => target))]
  return table(
    [metric, ...sizes.map(exact)],
    targets.map((target) => [
      titleOf(target),
      ...sizes.map((size) => {
        const cell = measured.find((each) => each.target === target && each.size === size)
        return (cell && spreadCell(cell, metric)) ?? '–'
      }),
    ]),
  )
}

export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const aligned = heading.map((_, n) => (n === 0 ? '---' : '---:'))
  return [heading, aligned, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const name = ({ target, durability }: Measurement): string => {
  const title = titleOf(target)
  return `${title === target ? title : `**${title}**`}<br><sub>${durability}</sub>`
}

function spreadCell(measurement: Measurement, metric: string): string | undefined {
  const spread = figureOf(measurement, metric)?.spread
  if (!spread) return undefined
  const beneath = spread.runs === 1 ? 'one run' : `${range(spread)}${spread.runs < 3 ? ', two runs' : ''}`
  return `${short(spread.median)}<br><sub>${beneath}</sub>`
}

function shareCell(measurement: Measurement, metric: string): string | undefined {
  const share = figureOf(measurement, metric)?.spread.median
  if (share === undefined) return undefined
  const isBottleneck = metric === GENERATOR_SHARE && share >= BOTTLENECK
  return isBottleneck ? `**${percent(share)}**` : percent(share)
}

/** Over all runs, to the last message: what is missing must not hide in a rounded figure. */
function countCell(measurement: Measurement, count: (typeof COUNTS)[number]): string | undefined {
  const sum = sumOf(measurement, count)
  if (sum === undefined) return undefined
  const accepted = sumOf(measurement, 'accepted') ?? 0
  return count === 'stored' && sum < accepted ? `**${exact(sum)}**` : exact(sum)
}
