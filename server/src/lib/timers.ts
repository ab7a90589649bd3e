import { guarded } from './guard.ts'

// Timers whose callbacks may throw without ending the process. Where there is something to wait for, the timers
// of `node:timers/promises` do.

export const runAfter = (ms: number, callback: () => unknown): NodeJS.Timeout =>
  setTimeout(guarded('timer', callback), ms)

export const runEvery = (ms: number, callback: () => unknown): NodeJS.Timeout =>
  setInterval(guarded('timer', callback), ms)

/** When this turn of the event loop is over. */
export function runNextTurn(callback: () => unknown): void {
  setImmediate(guarded('timer', callback))
}
