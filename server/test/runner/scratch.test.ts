import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { smallDisksAreMissing } from '../support/small-disk.ts'
import { memoryHasRoom } from './scratch.ts'

const SCRIPT = `
  const { openScratch } = await import(${JSON.stringify(join(import.meta.dirname, 'scratch.ts'))})
  openScratch()
  setInterval(() => undefined, 1_000_000)
  process.stdout.write((process.env.TMPDIR ?? 'nowhere') + '\\n')`

/** A process that has opened its scratch, and where. */
async function opened(t: TestContext, TMPDIR: string | undefined) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    env: { ...process.env, TMPDIR },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  t.after(() => void child.kill('SIGKILL'))
  const [bytes] = await once(child.stdout, 'data')
  return { child, folder: String(bytes).trim() }
}

const skip = !memoryHasRoom() && 'there is no large file system in memory'
const cannotMount = smallDisksAreMissing()

test('temporary files lie in memory, and are gone when the run is interrupted', { skip }, async (t) => {
  const { child, folder } = await opened(t, undefined)
  assert.equal(dirname(folder), '/dev/shm')
  assert.ok(existsSync(folder))
  child.kill('SIGINT')
  assert.deepEqual(await once(child, 'exit'), [130, null])
  assert.ok(!existsSync(folder))
})

test('a file that cannot be removed keeps no run from ending', { skip: skip || cannotMount }, async (t) => {
  const { child, folder } = await opened(t, undefined)
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', disk])
  t.after(() => {
    execFileSync('umount', [disk])
    rmSync(folder, { recursive: true })
  })
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [143, null])
})

test('temporary files lie where TMPDIR says', async (t) => {
  const { folder } = await opened(t, import.meta.dirname)
  assert.equal(folder, import.meta.dirname)
})
