export { countLostLines, createLog, type Logger } from './log.ts'
export { Metrics } from './metrics.ts'
