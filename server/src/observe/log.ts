import { type Logger, pino } from 'pino'
import { LineOutput } from '../lib/line-output.ts'
import type { LogLevel } from '../lib/log-level.ts'

export type { Logger }

/** The one standard error of the process, which all its servers share. */
let standardError: LineOutput | undefined

/** Structured lines on standard error, so that standard output stays the start-up block. No bodies, no tokens. */
export function createLog(level: LogLevel): Logger {
  standardError ??= new LineOutput(2, (lost) => noticeOf(lost))
  return pino({ level, ...FORM }, standardError)
}

/** Log lines of this process that could not be written. */
export const countLostLines = (): number => standardError?.lost ?? 0

const FORM = { base: null, timestamp: pino.stdTimeFunctions.isoTime } as const

/** The notice in the logger's own format. */
function noticeOf(lost: number): string {
  const lines: string[] = []
  pino(FORM, { write: (line) => lines.push(line) }).warn({ lost }, LOST)
  return lines.join('')
}

const LOST = 'log lines were lost: standard error could not be written'
