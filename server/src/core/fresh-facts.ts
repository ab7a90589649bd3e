import { ChatError } from './errors.ts'

/** Tries before the caller is told that the facts change faster than anybody can decide from them. */
const TRIES = 5

/**
 * Reads facts, decides, and writes, as `attempt` does; again from the start while the store finds that the facts have
 * changed meanwhile. Refuses 'conflict' after some tries.
 */
export async function withFreshFacts<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      const isConflict = error instanceof ChatError && error.code === 'conflict'
      if (!isConflict || tries === TRIES) throw error
    }
  }
}
