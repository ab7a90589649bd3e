import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { type TestContext, test } from 'node:test'
import postgres from 'postgres'
import { openPostgresStore } from '../../../src/store/postgres/index.ts'
import { StoreRefusal } from '../../../src/store/store.ts'
import { type Engine, startPostgres } from '../../support/engines/index.ts'
import { connect } from '../../support/postgres.ts'
import { fillDisk, mountSmallDisk, smallDisksAreMissing, unmountSmallDisk } from '../../support/small-disk.ts'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { openFortress } from './fortress.ts'
import { NOT_READY, openPlace, type Place, READY, SENDS, untilReadiness } from './sends.ts'

// The disk of a PostgreSQL, really full: first that of its tables, then that of its write-ahead log.

const skip = smallDisksAreMissing()
const AT_ONCE = 25

/** Without a checkpoint the log grows, instead of beginning anew in its old segments. */
const SETTINGS = { max_wal_size: '1GB', min_wal_size: '2MB', checkpoint_timeout: '1h', autovacuum: 'off' }

/** Text that no compression makes smaller. */
const longText = (name: string, length: number): string =>
  `${name} ${randomBytes(length).toString('base64url')}`.slice(0, length)

/** A PostgreSQL of which that part lies on a disk of its own. */
async function onSmallDisk(t: TestContext, part: 'data' | 'wal', kilobytes: number) {
  const opened = new AsyncDisposableStack()
  t.after(() => opened.disposeAsync())
  const disk = opened.adopt(mountSmallDisk(kilobytes) ?? assert.fail(), unmountSmallDisk)
  const { engine } = opened.use(await startPostgres({ disks: { [part]: disk }, settings: SETTINGS }))
  return { opened, disk, engine }
}

/** A server on such a PostgreSQL, and people who talk there. */
async function serving(...place: Parameters<typeof onSmallDisk>) {
  const [t] = place
  const { opened, disk, engine } = await onSmallDisk(...place)
  const server = await openFortress(t, { DATABASE_URL: engine.url })
  opened.defer(async () => {
    server.child.kill('SIGTERM')
    await server.exited
  })
  const people = await openPlace(server.url)
  for (const ws of [people.chatapp, people.groups]) opened.defer(() => void ws.end())
  const lines = (text: RegExp) => server.output.stderr.split('\n').filter((line) => text.test(line))
  return { disk, engine, place: people, url: server.url, lines }
}

const attempt = (place: Place, dialect: string, text: string): Promise<unknown> =>
  (SENDS[dialect] ?? assert.fail()).attempt(place, text)

const isSame = (answer: unknown, other: unknown): boolean => JSON.stringify(answer) === JSON.stringify(other)

/** Sends in every dialect, of which each must be accepted. Resolves with the texts. */
async function sendAll(place: Place, name: string): Promise<readonly string[]> {
  const texts: string[] = []
  for (const [dialect, { whenFull, whenUnknown }] of Object.entries(SENDS)) {
    const text = `${name}, ${dialect}`
    const answer = await attempt(place, dialect, text)
    assert.ok(!isSame(answer, whenFull) && !isSame(answer, whenUnknown), `${text}: ${JSON.stringify(answer)}`)
    texts.push(text)
  }
  return texts
}

/** Sends long texts, many at a time, until some are refused. Each unknown one may have been stored or not. */
async function sendUntilRefused(place: Place) {
  const { whenFull, whenUnknown } = SENDS.rooms ?? assert.fail()
  const stored: string[] = []
  const unknown: string[] = []
  await until('a refusal', async () => {
    const texts = Array.from({ length: AT_ONCE }, (_, n) => longText(`${stored.length + n}`, 1_900))
    const answers = await Promise.all(texts.map((text) => attempt(place, 'rooms', text)))
    for (const [n, text] of texts.entries())
      if (isSame(answers[n], whenUnknown)) unknown.push(text)
      else if (!isSame(answers[n], whenFull)) stored.push(text)
    return answers.some((answer) => isSame(answer, whenFull) || isSame(answer, whenUnknown))
  })
  return { stored, unknown }
}

/** Sends in every dialect until all refuse in their words. The last blocks may still take some: resolves with these. */
async function sendUntilAllRefuse(place: Place): Promise<readonly string[]> {
  const stored: string[] = []
  await until('every dialect to refuse', async () => {
    const before = stored.length
    for (const [dialect, { whenFull }] of Object.entries(SENDS)) {
      const text = longText(`in ${dialect}`, 1_900)
      const answer = await attempt(place, dialect, text)
      if (!isSame(answer, whenFull)) stored.push(text)
    }
    return stored.length === before
  })
  return stored
}

async function bodiesIn({ url }: Engine): Promise<readonly string[]> {
  const sql = postgres(url, { max: 1 })
  try {
    return (await sql<{ body: string }[]>`SELECT body FROM messages`).map(({ body }) => body).sort()
  } finally {
    await sql.end({ timeout: 1 })
  }
}

test('a full disk under the tables of PostgreSQL: every dialect says so, reads go on, and writes when there is room', {
  skip,
}, async (t) => {
  const { disk, engine, place, url, lines } = await serving(t, 'data', 128 * 1024)
  const { talk } = place
  const stored = [...(await sendAll(place, 'before'))]
  const filler = fillDisk(disk)
  const { stored: last } = await sendUntilRefused(place)
  stored.push(...last, ...(await sendUntilAllRefuse(place)))
  await untilReadiness(url, NOT_READY)
  assert.match(lines(/the store fails/)[0] ?? '', /"code":"53100"/)

  const { json } = await ask(url, `/chat/${talk.id}/messages`, undefined, talk.bob.messenger)
  assert.equal(json.count, stored.length)

  await rm(filler)
  await untilReadiness(url, READY)
  stored.push(...(await sendAll(place, 'after')))
  assert.deepEqual(await bodiesIn(engine), stored.toSorted())
})

test('a full disk under the log of PostgreSQL, which ends of it: nothing acknowledged is lost, and writes go on once it is back', {
  skip,
}, async (t) => {
  const { disk, engine, place, url, lines } = await serving(t, 'wal', 24 * 1024)
  const stored = [...(await sendAll(place, 'before'))]
  const filler = fillDisk(disk)
  const { stored: last, unknown } = await sendUntilRefused(place)
  stored.push(...last)
  assert.deepEqual(await sendUntilAllRefuse(place), [])
  await untilReadiness(url, NOT_READY)
  assert.ok(lines(/the store fails/).length > 0)

  await rm(filler)
  // Its operating system would start it again.
  await engine.stop()
  await engine.start()
  await untilReadiness(url, READY)
  stored.push(...(await sendAll(place, 'after')))
  const found = await bodiesIn(engine)
  assert.deepEqual(
    found.filter((body) => !unknown.includes(body)),
    stored.toSorted(),
  )
})

test('a start on a full disk under the tables of PostgreSQL is refused in one sentence', {
  skip,
}, async (t) => {
  const { disk, engine } = await onSmallDisk(t, 'data', 128 * 1024)
  // PostgreSQL itself writes at the first connection to a database.
  await connect(t, engine.url)`SELECT 1`
  const filler = fillDisk(disk)
  await assert.rejects(openPostgresStore({ url: engine.url }), (error) => {
    assert.ok(error instanceof StoreRefusal, `not a refusal: ${error}`)
    assert.match(error.message, /^The database [^\n]+ has a full disk: make room on it, [^\n]+\.$/)
    return true
  })
  await rm(filler)
  const store = await openPostgresStore({ url: engine.url })
  await store.close()
})
