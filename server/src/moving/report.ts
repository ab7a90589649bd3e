import { count } from '../lib/progress.ts'
import type { Sums } from '../store/moving.ts'

/** What a person reads at the end: what was done with which rows, and what to do next. */
export function report(title: string, sums: Sums, rows: readonly (readonly [string, string])[]): string {
  const counted = Object.entries(sums).map(([table, { rows }]) => [table, count(rows)] as const)
  const lines = [...counted, ...rows].map(([label, text]) => `  ${label.padEnd(16)} ${text}`)
  return `\n${title}\n\n${lines.join('\n')}\n\n`
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`
