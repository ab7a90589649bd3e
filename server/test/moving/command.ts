import assert from 'node:assert/strict'
import { type Outcome, parlance } from '../support/command.ts'
import type { Owner } from '../support/owner.ts'

/** Its closing block says so. */
export async function succeeds(owner: Owner, ...args: readonly string[]): Promise<Outcome> {
  const outcome = await parlance(owner, ...args)
  assert.equal(outcome.code, 0, outcome.stderr)
  assert.match(
    outcome.stderr,
    args[0] === 'export' ? /^Exported\.$/m : /^Moved, and verified by counts and checksums/m,
  )
  return outcome
}
