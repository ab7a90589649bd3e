import { count } from './progress.ts'

type Rows = readonly (readonly [label: string, text: string])[]

/** The text for a person at the end of a command: a title, how many of what were dealt with, and what to do next. */
export function report(title: string, counts: Readonly<Record<string, number>>, rows: Rows): string {
  const counted = Object.entries(counts).map(([name, number]) => [name, count(number)] as const)
  const lines = [...counted, ...rows].map(([label, text]) => `  ${label.padEnd(16)} ${text}`)
  return `\n${title}\n\n${lines.join('\n')}\n\n`
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`
