import type { Measurement, Results } from '../measurement.ts'
import { type Chapter, chapters, YARDSTICK } from './chapters.ts'
import { figureOf, isMoreBetter } from './figures.ts'
import { drawGoals } from './goal-picture.ts'
import { goals } from './goals.ts'
import { exact, short, times, titleOf } from './notation.ts'
import { drawBarChart, type Row } from './svg/bar-chart.ts'
import type { Bar } from './svg/bars.ts'
import type { Drawing } from './svg/drawing.ts'
import { drawLineChart, type Line } from './svg/line-chart.ts'

/** A chart, ready to be written. */
export interface Picture {
  /** Without its ending. */
  readonly name: string
  readonly scenario: string
  readonly description: string
  readonly draw: Drawing
}

/** Only of what was measured. */
export function drawAll({ measurements }: Results): readonly Picture[] {
  return [
    ...drawGoals(measurements),
    ...chapters.flatMap((chapter) => {
      const own = measurements.filter(({ scenario }) => scenario === chapter.scenario)
      return [
        ...compare(chapter, own),
        ...(chapter.growth ?? []).flatMap((metric) => grow(chapter, metric, own)),
      ]
    }),
  ]
}

function compare(chapter: Chapter, all: readonly Measurement[]): readonly Picture[] {
  const { scenario, title, words, bars: metrics = [], headline = null, axis, yardstick = YARDSTICK } = chapter
  const measurements = all.filter(({ size }) => size === headline)
  const [first] = metrics
  const rows = inOrder(measurements, first).map((each) => rowOf(chapter, each, measurements))
  if (first === undefined || rows.length < 2) return []
  const at = headline === null ? '' : ` · ${exact(headline)} ${axis}`
  const description = `${title}${at}. ${first}: ${rows.map((row) => `${row.label} ${firstValue(row)}`).join(', ')}.`
  const panels = metrics.map((metric) => ({
    heading: metric,
    hint: isMoreBetter(metric) ? 'more is better' : 'less is better',
  }))
  const draw = drawBarChart({
    title: `${title}${at}`,
    subtitle: words,
    description,
    panels,
    rows,
    noteWords: `times ${titleOf(yardstick)}`,
  })
  return [{ name: scenario, scenario, description, draw }]
}

function grow(chapter: Chapter, metric: string, all: readonly Measurement[]): readonly Picture[] {
  const { scenario, title, axis = 'size' } = chapter
  const lines = linesOf(metric, all)
  const parlance = lines.filter(({ isParlance }) => isParlance)
  const [first] = parlance
  const beside = [...parlance.slice(0, 1), ...lines.filter((each) => !each.isParlance)]
  const better = isMoreBetter(metric) ? 'more is better' : 'less is better'
  const picture = (name: string, drawn: readonly Line[], subtitle: string): readonly Picture[] => {
    if (!drawn.some(({ points }) => points.length > 1)) return []
    const ends = drawn.map(({ label, points }) => `${label} ${points.map(pointWords).join(', ')}`)
    const description = `${metric} by ${axis}. ${ends.join('; ')}.`
    const draw = drawLineChart({
      title: `How it grows: ${metric} by ${axis}`,
      ...{ subtitle: `${subtitle} · ${better} · log scales`, description, axis, lines: drawn },
    })
    return [{ name, scenario, description, draw }]
  }
  const name = `${scenario}-growth-${slug(metric)}`
  if (beside.length === 1 || !first) return picture(name, lines, title)
  return [
    ...picture(
      name,
      beside,
      `${first.label} and its peers${beside.every(({ isDurable }) => isDurable) ? '' : '; dashed: not stored, or not synced'}`,
    ),
    ...(parlance.length > 1 ? picture(`${name}-dialects`, parlance, 'Parlance, by dialect') : []),
  ]
}

function linesOf(metric: string, measurements: readonly Measurement[]): readonly Line[] {
  return [...Map.groupBy(measurements, ({ target }) => target)].flatMap(([target, own]) => {
    const points = own
      .flatMap((each) => {
        const spread = figureOf(each, metric)?.spread
        return spread && each.size !== null && each.size > 0 && spread.median > 0
          ? [{ size: each.size, spread }]
          : []
      })
      .toSorted((a, b) => a.size - b.size)
    const isDurable = own.every(({ durability }) => durability === 'synced')
    return points.length === 0
      ? []
      : [{ label: titleOf(target), isParlance: isOurs(target), isDurable, points }]
  })
}

function rowOf(
  { scenario, bars = [], ratioOf, yardstick = YARDSTICK }: Chapter,
  own: Measurement,
  all: readonly Measurement[],
): Row {
  const measured = all.find(({ target }) => target === yardstick)
  return {
    label: titleOf(own.target),
    isParlance: isOurs(own.target),
    isDurable: own.durability === 'synced',
    bars: bars.map((metric): Bar | undefined => {
      const spread = figureOf(own, metric)?.spread
      const base = metric === ratioOf && measured ? figureOf(measured, metric)?.spread.median : undefined
      const goal = goals.find(
        ({ figure, per }) =>
          !per &&
          figure.scenario === scenario &&
          figure.metric === metric &&
          own.target.startsWith(figure.target) &&
          (figure.size ?? own.size) === own.size,
      )?.threshold
      if (!spread) return undefined
      return {
        spread,
        ...(base && own.target !== yardstick && { note: times(spread.median / base) }),
        ...(goal !== undefined && { goal }),
      }
    }),
  }
}

/** The best first. */
function inOrder(measurements: readonly Measurement[], metric = ''): readonly Measurement[] {
  const value = (each: Measurement) => figureOf(each, metric)?.spread.median ?? 0
  return measurements
    .filter((each) => figureOf(each, metric))
    .toSorted((a, b) => (isMoreBetter(metric) ? value(b) - value(a) : value(a) - value(b)))
}

const isOurs = (target: string): boolean => target.startsWith('parlance')
const firstValue = ({ bars: [bar] }: Row): string => (bar ? short(bar.spread.median) : 'not measured')
const pointWords = ({ size, spread }: Line['points'][number]): string =>
  `${short(spread.median)} at ${exact(size)}`
const slug = (metric: string): string =>
  metric
    .replace('µs', 'micros')
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .toLowerCase()
