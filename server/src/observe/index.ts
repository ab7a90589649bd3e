export { countLostLines, createLog, LOG_LEVELS, type Logger, type LogLevel } from './log.ts'
export { Metrics } from './metrics.ts'
