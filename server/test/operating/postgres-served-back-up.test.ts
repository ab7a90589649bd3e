import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { startRedis } from '../support/engines/index.ts'
import { NativeHttp } from '../support/native-http.ts'
import { connect, newSchema, postgresIsMissing } from '../support/postgres.ts'
import { spawnCheapServer } from '../support/process.ts'
import { startParlance } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { verify } from './talk.ts'

// Back-ups of PostgreSQL that administrators ask for.

const skip = await postgresIsMissing()

const ended = (admin: NativeHttp) =>
  until('the end of it', async () => {
    const state = await admin.ok('getBackUp')
    return state.running === null ? state : undefined
  })

test('one of two nodes makes a back-up, and both tell how far it is and refuse another', {
  skip,
}, async (t) => {
  const { url: DATABASE_URL, drop } = await newSchema()
  const { engine, ...redis } = await startRedis()
  const parent = await tempDir(t)
  const directory = join(parent, 'copy')
  const settings = { DATABASE_URL, REDIS_URL: engine.url, FILES_DIR: join(parent, 'files') }
  const here = await startParlance({ ...settings, BACKUP_DIR: directory })
  const there = await startParlance({ ...settings, BACKUP_DIR: join(parent, 'elsewhere') })
  t.after(async () => {
    await Promise.all([here.close(), there.close()])
    await drop()
    await redis[Symbol.asyncDispose]()
  })
  const admin = await NativeHttp.register(here.url, 'admin')
  const account = await here.chat.accounts.findByUsername('admin')
  assert.ok(account)
  await here.chat.accounts.setAdmin(account.accountId, true)
  const other = new NativeHttp(there.url, { token: admin.token, id: admin.id })
  const sql = connect(t, DATABASE_URL)
  await sql.begin(async (transaction) => {
    await transaction`LOCK TABLE contacts IN ACCESS EXCLUSIVE MODE`
    await admin.ok('startBackUp')
    const running = await until('the other to tell of it', async () => {
      return (await other.ok('getBackUp')).running ?? undefined
    })
    assert.equal(running.step, 'database')
    assert.equal(await other.refusal('startBackUp'), '409 conflict')
    assert.equal(await admin.refusal('startBackUp'), '409 conflict')
  })
  const { last, failed } = await ended(admin)
  assert.equal(failed, null)
  assert.equal((await verify(t, directory)).code, 0)
  // That node's own folder has none.
  assert.deepEqual((await ended(other)).last, last)
})

test('a machine without pg_dump says so', { skip }, async (t) => {
  const { url, drop } = await newSchema()
  t.after(drop)
  const parent = await tempDir(t)
  const copies = join(parent, 'copies')
  const settings = { PORT: '0', ROOMS_TCP_PORT: '0', DATABASE_URL: url, FILES_DIR: join(parent, 'files') }
  const { output } = spawnCheapServer(t, { ...settings, PATH: parent, BACKUP_DIR: join(copies, 'copy') })
  const address = await until('the start', () => /http:\/\/127\.0\.0\.1:\d+/.exec(output.stdout)?.[0])
  const admin = await NativeHttp.register(address, 'admin')
  const store = await openPostgresStore({ url })
  await store.accounts.setAdmin(Number(admin.id.slice(2)) as never, true)
  await store.close()
  await admin.ok('startBackUp')
  const { failed } = await ended(admin)
  assert.equal(failed?.reason, 'no_tool')
  assert.match(failed.detail, /^pg_dump is not to be found: install PostgreSQL's client programs/)
  assert.deepEqual(readdirSync(copies), [])
})
