import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, type TestContext, test } from 'node:test'
import { refuses } from '../support/command.ts'
import type { Owner } from '../support/owner.ts'
import { spawnServer } from '../support/process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { succeeds } from './command.ts'
import { longFile } from './filled.ts'
import { storedIn } from './stored.ts'

/** Enough messages that no machine moves them all before the test stops it. */
const MANY = 200_000

/** The number of messages that an interrupted import records as stored. */
function broughtTo(file: string): number {
  try {
    using db = new DatabaseSync(file, { readOnly: true })
    const row = db.prepare("SELECT sums ->> '$.messages.rows' AS rows FROM unfinished_import").get()
    return Number(row?.rows ?? 0)
  } catch {
    // Not made yet.
    return 0
  }
}

async function stopInTheMiddle(t: TestContext, signal: NodeJS.Signals, args: readonly string[]) {
  const to = args.at(-1) ?? ''
  const { child, output, exited } = spawnServer(t, {}, args)
  await until('some messages', () => broughtTo(to) > 0 || child.exitCode !== null, 30_000)
  child.kill(signal)
  const code = await exited
  assert.ok(broughtTo(to) > 0 && broughtTo(to) < MANY, `${broughtTo(to)} messages: ${output.stderr}`)
  return { code, stderr: output.stderr }
}

const opened = new AsyncDisposableStack()
after(() => opened.disposeAsync())
const owner: Owner = { after: (close) => opened.defer(close) }

const from = await longFile(owner, MANY)
const archives = await tempDir(owner)
const [file, other] = [join(archives, 'one.ndjson'), join(archives, 'other.ndjson')]
for (const archive of [file, other]) await succeeds(owner, 'export', archive, '--dbpath', from)
const whole = storedIn(from)

const emptyFile = async (t: TestContext) => join(await tempDir(t), 'moved.db')

test('an import that was killed goes on with the same file only, and no server starts meanwhile', async (t) => {
  const to = await emptyFile(t)
  const { code } = await stopInTheMiddle(t, 'SIGKILL', ['import', file, '--dbpath', to])
  assert.equal(code, 'SIGKILL')
  const brought = broughtTo(to)
  assert.equal(storedIn(to).messages?.length, brought, 'rows and progress were committed together')
  await refuses(t, /moved\.db holds part of an import that was interrupted/, 'start', '--dbpath', to)
  await refuses(t, /moved\.db holds part of an import that was interrupted/, 'export', '-', '--dbpath', to)
  await refuses(t, /moved\.db holds part of another archive/, 'import', other, '--dbpath', to)
  assert.equal(broughtTo(to), brought)
  await succeeds(t, 'import', file, '--dbpath', to)
  assert.deepEqual(storedIn(to), whole)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} stops an import between two commits, and the same command goes on`, async (t) => {
    const to = await emptyFile(t)
    const { code, stderr } = await stopInTheMiddle(t, signal, ['import', file, '--dbpath', to])
    assert.equal(code, 130)
    assert.match(stderr, /give the same command again, and it goes on where it stopped\.\n$/)
    await succeeds(t, 'import', file, '--dbpath', to)
    assert.deepEqual(storedIn(to), whole)
  })
}

test('SIGINT leaves no half of an archive', async (t) => {
  const directory = await tempDir(t)
  const { child, output, exited } = spawnServer(t, {}, ['export', join(directory, 'a.gz'), '--dbpath', from])
  await until('a beginning', () => readdirSync(directory).length > 0, 30_000)
  child.kill('SIGINT')
  assert.equal(await exited, 130, output.stderr)
  assert.match(output.stderr, /no file was written, give the command again\.\n$/)
  assert.deepEqual(readdirSync(directory), [])
})
