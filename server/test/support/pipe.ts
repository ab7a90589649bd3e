import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { constants } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { tempDir } from './temp-dir.ts'

/** A named pipe, whose two ends are ours to open. */
export async function pipeOf(t: TestContext): Promise<string> {
  const path = join(await tempDir(t), 'pipe')
  assert.equal(spawnSync('mkfifo', [path]).status, 0)
  return path
}

/** Opens one end without waiting for the other. */
export const NEVER_WAIT = constants.O_NONBLOCK
