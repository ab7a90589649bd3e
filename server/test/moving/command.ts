import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { spawnServer } from '../support/process.ts'

export interface Outcome {
  /** Or the name of the signal that ended it. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

/** The real command line, as its own process. */
export async function parlance(t: TestContext, ...args: readonly string[]): Promise<Outcome> {
  const { output, exited } = spawnServer(t, { ROOMS_TCP_PORT: '0', PORT: '0', LOG_LEVEL: 'error' }, args)
  const code = await exited
  return { code, ...output }
}

/** Its closing block says so. */
export async function succeeds(t: TestContext, ...args: readonly string[]): Promise<Outcome> {
  const outcome = await parlance(t, ...args)
  assert.equal(outcome.code, 0, outcome.stderr)
  assert.match(
    outcome.stderr,
    args[0] === 'export' ? /^Exported\.$/m : /^Moved, and verified by counts and checksums/m,
  )
  return outcome
}

/** With one sentence as its last word. */
export async function refuses(t: TestContext, sentence: RegExp, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await parlance(t, ...args)
  assert.equal(code, 1, stderr)
  const last = stderr.trimEnd().split('\n').at(-1) ?? ''
  assert.match(last, sentence)
  assert.match(last, /\.$/)
}

/** A server that must not start there. */
export const refusesToServe = (
  t: TestContext,
  sentence: RegExp,
  ...settings: readonly string[]
): Promise<void> => refuses(t, sentence, 'start', ...settings)
