import assert from 'node:assert/strict'
import type { Owner } from './owner.ts'
import { spawnCheapServer } from './process.ts'

export interface Outcome {
  /** The exit code, or the name of the signal that ended the command. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

/** Runs the real command line, as its own process; passwords are cheap. */
export async function parlance(owner: Owner, ...args: readonly string[]): Promise<Outcome> {
  const { output, exited } = spawnCheapServer(
    owner,
    { ROOMS_TCP_PORT: '0', PORT: '0', LOG_LEVEL: 'error' },
    args,
  )
  const code = await exited
  return { code, ...output }
}

/** Asserts that the command fails, with one sentence as its last line. */
export async function refuses(owner: Owner, sentence: RegExp, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await parlance(owner, ...args)
  assert.equal(code, 1, stderr)
  const last = stderr.trimEnd().split('\n').at(-1) ?? ''
  assert.match(last, sentence)
  assert.match(last, /\.$/)
}
