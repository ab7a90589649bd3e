import { type Logger, pino } from 'pino'
import type { LogLevel } from './config/index.ts'

export type { Logger }

/** Structured lines on standard error, so that standard output stays the start-up block. No bodies, no tokens. */
export const createLog = (level: LogLevel): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  )
