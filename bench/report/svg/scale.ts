import { type Scale, scale } from '@observablehq/plot'

/** How values are placed along a length, as Plot takes it, and where its grid has lines. */
export interface Axis {
  readonly type: 'linear' | 'log'
  readonly domain: readonly [number, number]
  readonly ticks: readonly number[] | number
}

/** Past this ratio the small ones could not be told apart on a linear scale. */
const LARGEST_LINEAR_RATIO = 30

/** From nothing, or from below the least if they are far apart. */
export function axisFor(values: readonly number[]): Axis {
  const positive = values.filter((value) => value > 0)
  const [least, most] = [Math.min(...positive), Math.max(...positive)]
  if (positive.length === 0) return { type: 'linear', domain: [0, 1], ticks: 5 }
  return most / least > LARGEST_LINEAR_RATIO
    ? logarithmic(least / 2, most)
    : { type: 'linear', domain: [0, most], ticks: 5 }
}

/** With lines at powers of ten, and between them where there are few. */
export function logarithmic(least: number, most: number): Axis {
  const steps = most / least < 100 ? [1, 2, 5] : [1]
  const powers = Array.from({ length: 31 }, (_, n) => n - 15)
  const ticks = powers.flatMap((power) => steps.map((step) => Number(`${step}e${power}`)))
  return { type: 'log', domain: [least, most], ticks: ticks.filter((tick) => tick >= least && tick <= most) }
}

/** The axis on a length in pixels, to find where a value is and what is at a place. */
export function placesOn(
  { type, domain }: Axis,
  from: number,
  to: number,
): Required<Pick<Scale, 'invert'>> & Scale {
  const placed = scale({ x: { type, domain: [...domain], range: [from, to] } })
  if (!placed?.invert) throw new Error(`a ${type} scale has no way back`)
  return { ...placed, invert: placed.invert }
}
