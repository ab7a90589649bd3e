import { count } from './progress.ts'

type Rows = readonly (readonly [label: string, text: string])[]

/** What a person reads at the end of a command: what was done with how many of what, and what to do next. */
export function report(title: string, counts: Readonly<Record<string, number>>, rows: Rows): string {
  const counted = Object.entries(counts).map(([name, number]) => [name, count(number)] as const)
  const lines = [...counted, ...rows].map(([label, text]) => `  ${label.padEnd(16)} ${text}`)
  return `\n${title}\n\n${lines.join('\n')}\n\n`
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`
