import { after } from 'node:test'
import { type Door, onFailure } from '../../src/lib/guard.ts'

export const BUG = new Error('a bug')

/** A callback that throws, as a bug would make it. */
export const fail = (): never => {
  throw BUG
}

/** How many tests and files expect callbacks to throw. */
let expecting = 0

onFailure((_door, error) => {
  if (expecting > 0) return
  process.nextTick(() => {
    throw error
  })
})

/**
 * A callback that throws is a bug: it fails the test, unless the test or its file has called this. Call it after the
 * hooks that close what throws: hooks run in their order.
 */
export function expectFailures(): void {
  expecting++
  after(() => {
    expecting--
  })
}

/** The failures that guards catch from now on until the test or the file ends, each with its door. */
export function hearFailures(): [Door, unknown][] {
  expectFailures()
  const failures: [Door, unknown][] = []
  after(onFailure((door, error) => failures.push([door, error])))
  return failures
}
