import { guarded } from './guard.ts'

// Timers whose callbacks may throw without ending the process. Code that can await a timer uses
// `node:timers/promises` instead.

export const runAfter = (ms: number, callback: () => unknown): NodeJS.Timeout =>
  setTimeout(guarded('timer', callback), ms)

export const runEvery = (ms: number, callback: () => unknown): NodeJS.Timeout =>
  setInterval(guarded('timer', callback), ms)

/** Runs the callback when this turn of the event loop is over. */
export function runNextTurn(callback: () => unknown): void {
  setImmediate(guarded('timer', callback))
}
