/** Places values along a length. */
export interface Scale {
  readonly isLogarithmic: boolean
  /** Values at which to draw a line of the grid. */
  readonly ticks: readonly number[]
  at(value: number): number
}

/** Past this ratio the small ones could not be told apart on a linear scale. */
const LARGEST_LINEAR_RATIO = 30

interface Length {
  readonly from: number
  readonly to: number
}

/** From nothing, or from below the least if they are far apart. */
export function scaleFor(values: readonly number[], length: Length): Scale {
  const positive = values.filter((value) => value > 0)
  const [least, most] = [Math.min(...positive), Math.max(...positive)]
  if (positive.length === 0) return linear(1, length)
  return most / least > LARGEST_LINEAR_RATIO ? logarithmic([least / 2, most], length) : linear(most, length)
}

function linear(most: number, { from, to }: Length): Scale {
  const step = niceStep(most / 4.5)
  const count = Math.floor(most / step + 1e-9)
  return {
    isLogarithmic: false,
    ticks: Array.from({ length: count + 1 }, (_, n) => n * step),
    at: (value) => from + (value / most) * (to - from),
  }
}

/** Values outside end up on the edge. */
export function logarithmic([least, most]: readonly [number, number], { from, to }: Length): Scale {
  const [low, high] = [Math.log10(least), Math.log10(most)]
  const at = (value: number): number => {
    const share = value <= 0 ? 0 : (Math.log10(value) - low) / (high - low)
    return from + Math.min(1, Math.max(0, share)) * (to - from)
  }
  return { isLogarithmic: true, ticks: logTicks(low, high), at }
}

/** Powers of ten, and between them where there are few. */
function logTicks(low: number, high: number): readonly number[] {
  const steps = high - low < 2 ? [1, 2, 5] : [1]
  const ticks: number[] = []
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    ticks.push(...steps.map((step) => step * 10 ** power))
  }
  const isInside = (tick: number) => Math.log10(tick) >= low - 1e-9 && Math.log10(tick) <= high + 1e-9
  return ticks.filter(isInside)
}

function niceStep(about: number): number {
  const power = 10 ** Math.floor(Math.log10(about))
  const step = [1, 2, 2.5, 5, 10].find((each) => each * power >= about) ?? 10
  return step * power
}
