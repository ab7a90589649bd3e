import { setTimeout } from 'node:timers/promises'

/** Until a program serves: a second on an idle machine, and a minute where each core is shared by a dozen others. */
export const START_MS = 180_000

/**
 * Resolves with the condition's first truthy value. Rejects after `withinMs`, naming the condition; the default is
 * long enough for a machine that is busy with other things, and shorter than any heartbeat that could hide a fault.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  withinMs = 40_000,
): Promise<NonNullable<T>> {
  const since = performance.now()
  for (;;) {
    const value = await condition()
    if (value) return value
    const waitedMs = performance.now() - since
    if (waitedMs > withinMs) throw new Error(`waited ${withinMs} ms in vain for ${what}`)
    await setTimeout(pauseAfter(waitedMs))
  }
}

/** A twentieth of the wait so far: to ask each 5 ms for seconds would take the time of whatever is waited for. */
const pauseAfter = (waitedMs: number): number => Math.min(Math.max(5, waitedMs / 20), LONGEST_PAUSE_MS)

const LONGEST_PAUSE_MS = 25
