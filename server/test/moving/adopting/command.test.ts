import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { findHoles } from '../../store/series.ts'
import { parlance, refuses } from '../../support/command.ts'
import { spawnCheapServer } from '../../support/process.ts'
import { startParlance } from '../../support/server.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { until } from '../../support/until.ts'
import { ARGON2ID, CHATAPP_TABLES, channelsFile, chatappFile, sqliteFile } from './sources.ts'
import { lastFirst, optionsOf, TARGETS } from './targets.ts'

/** A folder that is not there yet, and a database that is not either. */
async function places(t: TestContext) {
  const folder = await tempDir(t)
  return { report: join(folder, 'told'), DBPATH: join(folder, 'chat.db') }
}

test('a dry run tells what would be adopted, and writes nothing', async (t) => {
  const source = await chatappFile(t)
  const { report, DBPATH } = await places(t)
  const args = ['adopt', 'chatapp', source, '--dry-run', '--json', '--report', report, '--dbpath', DBPATH]
  const { code, stdout, stderr } = await parlance(t, ...args)
  assert.equal(code, 0, stderr)
  assert.match(stderr, /^This would be adopted; nothing was written\.$/m)
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.equal(lines.filter((line) => 'note' in line).length, 11)
  const rows = { accounts: 5, conversations: 3, members: 7, messages: 5, changes: 3, contacts: 2 }
  assert.deepEqual(lines.at(-1), {
    summary: { kind: 'chatapp', isDryRun: true, rows, changed: 7, leftOut: 4, newIds: 0 },
  })
  assert.ok(!existsSync(report) && !existsSync(DBPATH))
})

test('a source of another kind is refused with the table that was looked for', async (t) => {
  const { report, DBPATH } = await places(t)
  const to = ['--report', report, '--dbpath', DBPATH]
  const channels = await channelsFile(t)
  await refuses(
    t,
    /is not the database of chatapp, which has a table users with fullname, /,
    'adopt',
    'chatapp',
    channels,
    ...to,
  )
  await refuses(
    t,
    /There is no database at|is not there|No such|no database/i,
    'adopt',
    'chatapp',
    join(report, 'none'),
    ...to,
  )
  const text = join(await tempDir(t), 'text')
  await writeFile(text, 'no database at all, but a text that is long enough to be one')
  await refuses(t, /not a database/, 'adopt', 'channels', text, ...to)
  const { code, stderr } = await parlance(t, 'adopt', 'irc', 'file', ...to)
  assert.equal(code, 2)
  assert.match(stderr, /"irc" is nothing to adopt: name one of rooms, chatapp, /)
  assert.ok(!existsSync(DBPATH))
})

for (const { name, missing, make } of TARGETS) {
  test(`a database that a server is using is refused, on ${name}`, { skip: missing }, async (t) => {
    const [source, settings] = [await chatappFile(t), await make(t)]
    const server = await startParlance(settings)
    lastFirst(t, () => server.close())
    const { report } = await places(t)
    const args = ['adopt', 'chatapp', source, '--report', report, ...optionsOf(settings)]
    await refuses(t, /is in use by (another|a) running server/, ...args)
  })

  test(`an adoption that is killed goes on, and doubles nothing, on ${name}`, {
    skip: missing,
  }, async (t) => {
    const messages = 30_000
    const source = await sqliteFile(
      t,
      'long.db',
      CHATAPP_TABLES,
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25)
       INSERT INTO users SELECT i, 'user' || i, '', '${ARGON2ID}', 0, 0, 1700000000 FROM n`,
      "INSERT INTO conversations VALUES (1, 'All'), (2, 'Some')",
      'INSERT INTO members SELECT c.id, u.id FROM conversations c, users u',
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${messages})
       INSERT INTO messages SELECT i, i % 25 + 1, i % 2 + 1, NULL, 1700000000 + i, 'message ' || i FROM n`,
    )
    const settings = await make(t)
    const { report } = await places(t)
    const args = ['adopt', 'chatapp', source, '--report', report, ...optionsOf(settings)]
    const killed: string[] = []
    for (const step of [/^reading/m, /^moving/m]) {
      const { child, output, exited } = spawnCheapServer(t, {}, args)
      await until(`${step} to be told`, () => step.test(output.stderr) || child.exitCode !== null, 60_000)
      child.kill('SIGKILL')
      await exited
      killed.push(output.stderr)
    }
    assert.doesNotMatch(killed.join(), /^Adopted/m)
    const { code, stderr } = await parlance(t, ...args)
    assert.equal(code, 0, stderr)
    assert.doesNotMatch(stderr, /^reading/m, 'what was read is not read again')
    assert.deepEqual((await readdir(report)).sort(), ['ids.ndjson', 'notes.ndjson', 'summary.json'])
    const server = await startParlance(settings)
    lastFirst(t, () => server.close())
    const rows = JSON.parse((await parlance(t, 'stats', '--json', ...optionsOf(settings))).stdout)
    assert.equal(rows.messages ?? rows[0]?.messages, messages, JSON.stringify(rows))
    await refuses(t, /tells of an adoption that has ended/, ...args)
  })
}

test('a database that has rows already is refused before anything is read', async (t) => {
  const source = await chatappFile(t)
  const { report, DBPATH } = await places(t)
  const to = ['--dbpath', DBPATH]
  assert.equal((await parlance(t, 'adopt', 'chatapp', source, '--report', report, ...to)).code, 0)
  const db = new DatabaseSync(DBPATH, { readOnly: true })
  assert.deepEqual(findHoles(db), [], 'and what was adopted has no holes')
  db.close()
  await refuses(t, /is not empty/, 'adopt', 'chatapp', source, '--report', `${report}-again`, ...to)
})
