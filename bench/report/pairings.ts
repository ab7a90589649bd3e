import type { Measurement } from '../measurement.ts'
import { listFigures } from './figures.ts'
import { short, times, titleOf } from './notation.ts'
import { table } from './tables.ts'

/** Two targets of one scenario. */
export interface Pairing {
  readonly words: string
  readonly scenario: string
  readonly size?: number
  readonly target: string
  /** The one that it is divided by. */
  readonly other: string
  readonly metrics: readonly string[]
}

/** A row for each metric of which both targets have a figure; undefined where there is none. */
export function pairingsTable(
  pairings: readonly Pairing[],
  measurements: readonly Measurement[],
): string | undefined {
  const rows = pairings.flatMap((pairing) =>
    pairing.metrics.flatMap((metric) => rowsOf(pairing, metric, measurements)),
  )
  return rows.length === 0 ? undefined : table(['', '', '', 'against', '', 'ratio'], rows)
}

function rowsOf(
  { words, scenario, size, target, other }: Pairing,
  metric: string,
  measurements: readonly Measurement[],
): readonly (readonly string[])[] {
  const medianOf = (name: string) =>
    listFigures(measurements, { scenario, metric, target: name, ...(size !== undefined && { size }) })[0]
      ?.spread.median
  const [own, base] = [medianOf(target), medianOf(other)]
  if (own === undefined || !base) return []
  return [
    [
      `${words}, ${metric}`,
      titleOf(target),
      short(own),
      titleOf(other),
      short(base),
      `**${times(own / base)}**`,
    ],
  ]
}
