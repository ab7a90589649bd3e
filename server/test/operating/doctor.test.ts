import assert from 'node:assert/strict'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { loadSecrets } from '../../src/secrets/index.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { makeCertificate } from '../support/certificates.ts'
import { type Outcome, parlance, refuses } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'
import { POSTGRES_URL } from '../support/postgres.ts'
import { tempDir } from '../support/temp-dir.ts'

type Row = Readonly<Record<string, unknown>>

const rowsOf = ({ stdout }: Outcome): readonly Row[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

/** The file of a database of this version, in a folder for its owner alone. */
async function database(t: TestContext): Promise<{ readonly file: string; readonly folder: string }> {
  const folder = join(await tempDir(t), 'data')
  await mkdir(folder, { mode: 0o700 })
  const file = join(folder, 'parlance.db')
  await (await openSqliteStore({ file })).close()
  return { file, folder }
}

const found = (rows: readonly Row[], subject: string): Row =>
  rows.find((row) => row.subject === subject) ?? { subject: 'nothing of that subject' }

describe('parlance doctor', () => {
  test('finds nothing wrong where nothing is, and ends with 0', async (t) => {
    const { file, folder } = await database(t)
    const outcome = await parlance(t, 'doctor', '--json', '--dbpath', file, '--files-dir', folder)
    assert.equal(outcome.code, 0, outcome.stdout)
    const rows = rowsOf(outcome)
    for (const subject of ['data, rights', 'data, disk', 'data, fsync', 'log', 'database'])
      assert.ok(found(rows, subject).found, subject)
    assert.deepEqual(
      rows.filter(({ level }) => level === 'fault'),
      [],
    )
  })

  test('tells of when the newest back-up is, and that there is none yet', async (t) => {
    const { file, folder } = await database(t)
    loadSecrets(folder)
    const copy = join(await tempDir(t), 'copies', 'copy')
    const asking = ['doctor', '--json', '--dbpath', file, '--files-dir', folder, '--backup-dir', copy]
    const before = rowsOf(await parlance(t, ...asking))
    assert.partialDeepStrictEqual(found(before, 'back-ups'), { level: 'warning' })
    assert.equal(found(before, 'back-ups, rights').level, 'ok')
    assert.equal((await parlance(t, 'backup', copy, '--dbpath', file)).code, 0)
    const after = found(rowsOf(await parlance(t, ...asking)), 'back-ups')
    assert.equal(after.level, 'ok')
    assert.match(String(after.found), /^The newest is of 2\d{3}-\d\d-\d\dT/)
  })

  test('tells until when the certificate is good, for whom, and who may read its key', async (t) => {
    const { file, folder } = await database(t)
    const soon = await makeCertificate(folder, { days: { from: -1, to: 5 } })
    const asking = ['doctor', '--json', '--dbpath', file, '--files-dir', folder]
    const ask = (...more: readonly string[]) => parlance(t, ...asking, ...more)
    await chmod(soon.key, 0o644)
    const near = await ask(
      '--tls-cert',
      soon.cert,
      '--tls-key',
      soon.key,
      '--public-url',
      'https://chat.example.org',
    )
    assert.equal(near.code, 0, near.stdout)
    const rows = rowsOf(near)
    assert.match(String(found(rows, 'certificate').found), /runs out on \d{4}-\d\d-\d\d, in [45] days/)
    for (const subject of ['certificate', 'certificate, PUBLIC_URL', 'certificate, rights'])
      assert.equal(found(rows, subject).level, 'warning', subject)
    const later = await makeCertificate(folder)
    const far = await ask(
      '--tls-cert',
      later.cert,
      '--tls-key',
      later.key,
      '--public-url',
      'https://localhost',
    )
    for (const subject of ['certificate', 'certificate, PUBLIC_URL', 'certificate, rights'])
      assert.equal(found(rowsOf(far), subject).level, 'ok', subject)
    const wrong = await ask('--tls-cert', later.cert, '--tls-key', soon.key)
    assert.equal(wrong.code, 1)
    assert.match(String(found(rowsOf(wrong), 'certificate').found), /does not fit/)
  })

  test('tells that there is no certificate yet for a name, and where the name leads', async (t) => {
    const { file, folder } = await database(t)
    const asking = ['doctor', '--json', '--dbpath', file, '--files-dir', folder, '--port', '0']
    const port = await freePort()
    const outcome = await parlance(
      t,
      ...asking,
      '--tls-domain',
      'localhost',
      '--tls-challenge-port',
      `${port}`,
    )
    assert.equal(outcome.code, 0, outcome.stdout)
    const rows = rowsOf(outcome)
    assert.match(String(found(rows, 'certificate').found), /^There is none for localhost yet\.$/)
    assert.match(String(found(rows, 'certificate').remedy), /acme-v02\.api\.letsencrypt\.org .* port 80/)
    assert.match(String(found(rows, 'certificate, address').found), /^localhost leads to .*127\.0\.0\.1/)
    assert.ok(rows.some((row) => row.found === `127.0.0.1:${port} is free.`))
  })

  test('tells of secrets that others may read, and of a port that another program has', async (t) => {
    const { file, folder } = await database(t)
    await writeFile(join(folder, 'secrets.json'), '{}', { mode: 0o644 })
    await chmod(folder, 0o755)
    const other = createServer((socket) => socket.resume().end('no HTTP here'))
    const { port } = await new Promise<{ port: number }>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve(other.address() as { port: number }))
    })
    t.after(() => other.close())
    const outcome = await parlance(t, 'doctor', '--json', '--dbpath', file, '--port', `${port}`)
    assert.equal(outcome.code, 1)
    assert.match(outcome.stderr, /^2 faults were found\.$/m)
    const rows = rowsOf(outcome)
    assert.equal(found(rows, 'data, rights').level, 'warning')
    assert.partialDeepStrictEqual(found(rows, 'secrets'), { level: 'fault' })
    assert.match(String(found(rows, 'secrets').remedy), /chmod 600/)
    assert.match(String(found(rows, 'port').found), new RegExp(`127.0.0.1:${port} cannot be listened on`))
  })

  test('tells that a database is not there, and that Redis does not answer', async (t) => {
    const file = join(await tempDir(t), 'none.db')
    const outcome = await parlance(t, 'doctor', '--json', '--dbpath', file)
    assert.equal(outcome.code, 1)
    assert.equal(found(rowsOf(outcome), 'database').level, 'fault')
    const away = [
      '--database-url',
      'postgres://user:topsecret@127.0.0.1:1/x',
      '--redis-url',
      'redis://127.0.0.1:1',
    ]
    const both = await parlance(t, 'doctor', '--json', ...away)
    assert.equal(found(rowsOf(both), 'PostgreSQL').level, 'fault')
    assert.equal(found(rowsOf(both), 'Redis').level, 'fault')
    assert.doesNotMatch(both.stdout + both.stderr, /topsecret/)
  })

  test('asks PostgreSQL and Redis of themselves', async (t) => {
    const redis = process.env.PARLANCE_TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'
    const outcome = await parlance(
      t,
      'doctor',
      '--json',
      '--database-url',
      POSTGRES_URL,
      '--redis-url',
      redis,
    )
    const rows = rowsOf(outcome)
    assert.match(String(found(rows, 'PostgreSQL').found), /^It is version \d+/)
    assert.equal(found(rows, 'PostgreSQL, durability').level, 'ok')
    assert.match(String(found(rows, 'Redis').found), /^It is version [\d.]+, a primary\.$/)
    assert.equal(rows.filter(({ subject, level }) => subject === 'clock' && level === 'ok').length, 2)
  })
})

describe('parlance check', () => {
  const SECRETS = {
    '--jwtsecret': 'kr4Jw8-a-long-random-text-of-nobody-1',
    '--pusher-secret': 'kr4Jw8-a-long-random-text-of-nobody-2',
    '--metrics-token': 'kr4Jw8-a-long-random-text-of-nobody-3',
    '--database-url': 'postgres://me:kr4Jw8four@127.0.0.1:1/x',
    '--redis-url': 'redis://me:kr4Jw8five@127.0.0.1:1',
  }

  test('shows every setting as start reads it, and no secret, without opening anything', async (t) => {
    const files = ['--tls-cert', '/etc/parlance/chain.pem', '--tls-key', '/etc/parlance/private.pem']
    const args = [...Object.entries(SECRETS).flat(), ...files, '--port', '9123', '--registration', 'closed']
    const outcome = await parlance(t, 'check', '--json', ...args)
    assert.equal(outcome.code, 0, outcome.stderr)
    assert.doesNotMatch(outcome.stdout, /kr4Jw8/)
    const rows = rowsOf(outcome)
    const settingOf = (what: string, name: string) =>
      rows.find((row) => row.what === what && row.name === name)?.value
    assert.equal(settingOf('given', 'PORT'), '9123')
    assert.match(String(settingOf('given', 'JWTSECRET')), /^\(hidden, \d+ characters\)$/)
    // A slip in a path is found by reading it.
    assert.equal(settingOf('given', 'TLS_KEY'), '/etc/parlance/private.pem')
    assert.equal(settingOf('holds', 'port'), 9123)
    assert.equal(settingOf('holds', 'registration'), 'closed')
    assert.equal(settingOf('holds', 'maxMessageBytes'), 8192)
  })

  test('refuses what start refuses', async (t) => {
    await refuses(t, /PORT/, 'check', '--port', '70000')
  })
})
