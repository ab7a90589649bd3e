import { type Spread, spreadOf } from '../measure/statistics.ts'
import type { Measurement } from '../measurement.ts'

/** Names figures by where they were taken. */
export interface FigureName {
  readonly scenario: string
  /** A target, or the first words of several: 'ejabberd' is it with SQLite, and with PostgreSQL. */
  readonly target: string
  /** Undefined is any size. */
  readonly size?: number | null
  readonly metric: string
}

export interface Figure {
  readonly target: string
  readonly spread: Spread
  /** The generator's share of its core, where it was measured. */
  readonly generatorShare: number | undefined
}

export const GENERATOR_SHARE = 'generator CPU share'

/** All figures of that name; none where nothing was measured. */
export function listFigures(measurements: readonly Measurement[], name: FigureName): readonly Figure[] {
  return measurements.filter((each) => isOf(each, name)).flatMap((each) => figureOf(each, name.metric) ?? [])
}

/** Undefined where no run has this metric. */
export function figureOf(measurement: Measurement, metric: string): Figure | undefined {
  const spread = spreadIn(measurement, metric)
  if (!spread) return undefined
  return {
    target: measurement.target,
    spread,
    generatorShare: spreadIn(measurement, GENERATOR_SHARE)?.median,
  }
}

/** Over all runs; undefined where none has this metric. */
export function sumOf({ runs }: Measurement, metric: string): number | undefined {
  const values = runs.flatMap((run) => run[metric] ?? [])
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0)
}

/** Rates are wanted high; times, memory and processor time low. */
export const isMoreBetter = (metric: string): boolean => metric.endsWith('/s')

function spreadIn({ runs }: Measurement, metric: string): Spread | undefined {
  const values = runs.flatMap((run) => run[metric] ?? []).filter(Number.isFinite)
  return values.length === 0 ? undefined : spreadOf(values)
}

const isOf = (measurement: Measurement, { scenario, target, size }: FigureName): boolean =>
  measurement.scenario === scenario &&
  (size === undefined || measurement.size === size) &&
  measurement.target.startsWith(target) &&
  /^($|[ ,])/.test(measurement.target.slice(target.length))
