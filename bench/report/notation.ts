import type { Spread } from '../measure/statistics.ts'

const LARGE = [
  { from: 999.5e6, unit: 1e9, letter: 'G' },
  { from: 999_500, unit: 1e6, letter: 'M' },
  { from: 9999.5, unit: 1e3, letter: 'k' },
] as const

/** Three digits, as far as they go: 0.24, 7.9, 2,796, 16.8 k, 3.1 M. */
export function short(value: number): string {
  const size = LARGE.find(({ from }) => Math.abs(value) >= from)
  return size ? `${digits(value / size.unit)} ${size.letter}` : digits(value)
}

/** Every digit: 19,200,000. */
export const exact = (value: number): string => Math.round(value).toLocaleString('en-US')

export const percent = (share: number): string => `${Math.round(share * 100)} %`

export const times = (ratio: number): string => `${digits(ratio, 2)} ×`

export const range = ({ lowest, highest }: Spread): string =>
  short(lowest) === short(highest) ? short(lowest) : `${short(lowest)} – ${short(highest)}`

/** With the unit that the metric's name ends in: '3.1 M deliveries/s', '7.9 ms'. */
export const withUnit = (value: number, metric: string): string => `${short(value)} ${unitOf(metric)}`

/** How the report writes a target's name. */
export const titleOf = (target: string): string => target.replace(/^parlance\b/, 'Parlance')

function unitOf(metric: string): string {
  if (metric.startsWith('CPU ')) return metric.slice('CPU '.length)
  return /\b(ms|KB\/connection|KB|MB)\b/.exec(metric)?.[0] ?? metric.replace(/^missing | to complete$/g, '')
}

function digits(value: number, most = 3): string {
  const magnitude = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)))
  const decimals = Math.min(most, Math.max(0, 2 - magnitude))
  return Number(value.toFixed(decimals)).toLocaleString('en-US', { maximumFractionDigits: decimals })
}
