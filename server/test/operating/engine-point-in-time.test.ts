import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import postgres from 'postgres'
import { baseBackupOf, handOver, startPostgres } from '../support/engines/index.ts'
import { NativeHttp } from '../support/native-http.ts'
import { startParlance } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/point-in-time.md'), 'utf8')

/** The page's value of a setting of PostgreSQL, with the archive in a folder of the test's own. */
function settingOf(name: string, archive: string): string {
  const value = new RegExp(`^ *${name} = '([^']*(?:''[^']*)*)'`, 'm').exec(PAGE)?.[1]
  return (value ?? assert.fail(`no ${name}`)).replaceAll('/archive/wal', archive)
}

/** The one statement of the page that is SQL. */
const newEpoch = /```sql\n\s*(.*;)\n\s*```/.exec(PAGE)?.[1] ?? assert.fail('no statement')

test('a database is brought back to a moment as the page on point-in-time recovery says', async (t) => {
  const archive = join(await tempDir(t), 'wal')
  mkdirSync(archive)
  handOver(join(archive, '..'))
  handOver(archive)
  await using primary = await startPostgres({
    settings: {
      archive_mode: 'on',
      archive_command: settingOf('archive_command', archive),
      archive_timeout: 60,
    },
  })
  const { url } = primary.engine
  const server = await startParlance({ DATABASE_URL: url })
  t.after(() => server.close())
  const ann = await NativeHttp.register(server.url, 'ann')
  const { id } = await ann.ok('createConversation', { body: { kind: 'open', name: 'general' } })
  const say = (body: string) => ann.ok('sendMessage', { params: { c: id }, body: { clientId: body, body } })
  await say('before the base backup')
  await using base = await baseBackupOf(primary.engine)
  await say('after the base backup')
  const sql = postgres(url, { max: 1 })
  const [moment] = await sql<{ at: string }[]>`SELECT now()::text AS at`
  await say('after the moment')
  const { epoch } = await ann.ok('getServer', {})
  await sql`SELECT pg_switch_wal()`
  const [last] = await sql<{ file: string }[]>`SELECT pg_walfile_name(pg_current_wal_lsn()) AS file`
  await until('the archive has the log', async () => {
    const [archived] = await sql<
      { file: string | null }[]
    >`SELECT last_archived_wal AS file FROM pg_stat_archiver`
    return (archived?.file ?? '') >= previous(last?.file ?? assert.fail())
  })
  await sql.end()
  await server.close()
  await primary.engine.stop()

  const recovered = await base.recover({
    restore_command: settingOf('restore_command', archive),
    recovery_target_time: moment?.at ?? assert.fail('no moment'),
    recovery_target_action: 'promote',
  })
  const there = postgres(recovered.url, { max: 1 })
  await until('it takes writes', async () => {
    const [state] = await there<{ reads: boolean }[]>`SELECT pg_is_in_recovery() AS reads`
    return state?.reads === false
  })
  await there.unsafe(newEpoch)
  await there.end()
  const again = await startParlance({ DATABASE_URL: recovered.url })
  t.after(() => again.close())
  // Her session is in the database like everything else.
  const back = new NativeHttp(again.url, { token: ann.token, id: ann.id })
  const { items } = await back.ok('listMessages', { params: { c: id } })
  assert.deepEqual(
    items.map(({ body }) => body),
    ['before the base backup', 'after the base backup'],
  )
  const { epoch: other } = await back.ok('getServer', {})
  assert.notEqual(other, epoch)
})

/** The segment before, by its name: 24 hexadecimal digits that grow. */
const previous = (file: string): string =>
  (BigInt(`0x${file}`) - 1n).toString(16).toUpperCase().padStart(24, '0')
