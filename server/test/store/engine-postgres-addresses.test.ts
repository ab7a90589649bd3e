import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chownSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import postgres from 'postgres'
import { openPostgresStore, type PostgresOptions } from '../../src/store/postgres/index.ts'
import { StoreRefusal } from '../../src/store/store.ts'
import { startPostgres } from '../support/engines/index.ts'
import { until } from '../support/until.ts'

// The meaning of a PostgreSQL address, tried on a server that listens in every way there is.

const { engine, ...started } = await startPostgres({
  settings: { listen_addresses: '127.0.0.1,::1' },
  rules: ['host all half 127.0.0.1/32 scram-sha-256'],
})
after(() => started[Symbol.asyncDispose]())
const { port } = engine

const owner = postgres(engine.url, { max: 1, onnotice: () => undefined })
after(() => owner.end({ timeout: 1 }))
await owner.unsafe(`CREATE ROLE half SUPERUSER LOGIN PASSWORD '100%@/x'`)
await owner.unsafe('CREATE DATABASE "our chat"')
const [asked] = await owner<{ folder: string }[]>`SELECT current_setting('unix_socket_directories') AS folder`
const folder = asked?.folder ?? assert.fail()

async function opens(url: string): Promise<void> {
  const store = await openPostgresStore({ url, onWaiting: (sentence) => assert.fail(sentence) })
  try {
    await store.ping()
    await store.accounts.freeGuests(0)
  } finally {
    await store.close()
  }
}

const MEANT = {
  'an IPv6 address': `postgres://postgres@[::1]:${port}/postgres`,
  'an IPv6 address with its zone': `postgres://postgres@[::1%25lo]:${port}/postgres`,
  'the other name of the scheme': `PostgreSQL://postgres@127.0.0.1:${port}/postgres`,
  'the folder of its socket as host': `postgres://postgres@${encodeURIComponent(folder)}:${port}/postgres`,
  'the folder of its socket after the question mark': `postgres:///postgres?host=${folder}&port=${port}&user=postgres`,
  'a user, no host, and the folder of its socket': `postgres://postgres:p@/postgres?host=${folder}&port=${port}&sslmode=require`,
  'a percent sign that is itself': `postgres://half:100%%40%2Fx@127.0.0.1:${port}/postgres`,
  'an @ that nobody encoded': `postgres://half:100%@%2Fx@127.0.0.1:${port}/postgres`,
  'a space in the name of a database': `postgres://postgres@127.0.0.1:${port}/our%20chat`,
  'settings of the connection': `postgres://postgres@127.0.0.1:${port}/postgres?search_path=public&connect_timeout=9`,
  'TLS where it can be had': `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=prefer`,
}

for (const [what, url] of Object.entries(MEANT)) test(`opens by ${what}`, () => opens(url))

const REFUSED: Readonly<Record<string, readonly [url: string, sentence: RegExp]>> = {
  'TLS of a server that has none': [
    `postgres://postgres@127.0.0.1:${port}/postgres?sslmode=require`,
    /^The database postgres at 127\.0\.0\.1:\d+ over TLS was asked for, and that server speaks no TLS: /,
  ],
  'a wrong password': [`postgres://half:wrong@127.0.0.1:${port}/postgres`, /refuses this user and password/],
  'an unknown user': [`postgres://nobody@127.0.0.1:${port}/postgres`, /refuses this user and password/],
  'a database that does not exist': [
    `postgres://postgres@127.0.0.1:${port}/none%20such`,
    /none such .* does not exist/,
  ],
  'a setting that PostgreSQL does not know': [
    `postgres://postgres@127.0.0.1:${port}/postgres?schema=public`,
    /knows no such setting .*"schema"/,
  ],
}

for (const [what, [url, sentence]] of Object.entries(REFUSED))
  test(`refuses ${what} at once, in one sentence`, () => refuses(url, sentence))

test('waits for a host that no name server knows, and then says so', async () => {
  const waits: string[] = []
  const onWaiting = async (sentence: string) => void waits.push(sentence)
  const url = 'postgres://postgres@no-such-host.invalid/chat'
  await refuses(url, /no name server knows its host/, { onWaiting, unknownHostMs: 500 })
  assert.equal(waits.length, 1)
})

test('believes a certificate as far as the mode says', async () => {
  const [server] = await owner<{ data: string }[]>`SELECT current_setting('data_directory') AS data`
  const [cert, key] = makeCertificate(server?.data ?? assert.fail())
  await owner.unsafe(`ALTER SYSTEM SET ssl_cert_file = '${cert}'`)
  await owner.unsafe(`ALTER SYSTEM SET ssl_key_file = '${key}'`)
  await owner.unsafe('ALTER SYSTEM SET ssl = on')
  await owner.unsafe('SELECT pg_reload_conf()')
  const at = (host: string, asked: string) => `postgres://postgres@${host}:${port}/postgres?${asked}`
  await until('TLS', () =>
    opens(at('localhost', 'sslmode=require')).then(
      () => true,
      () => false,
    ),
  )
  await opens(at('localhost', 'ssl=true'))
  await opens(at('localhost', `sslmode=verify-full&sslrootcert=${cert}`))
  await opens(at('127.0.0.1', `sslmode=verify-ca&sslrootcert=${cert}`))
  await opens(at('127.0.0.1', `sslmode=require&sslrootcert=${cert}`))
  await refuses(
    at('localhost', 'sslmode=verify-full'),
    /its TLS was not accepted \(DEPTH_ZERO_SELF_SIGNED_CERT/,
  )
  await refuses(
    at('127.0.0.1', `sslmode=verify-full&sslrootcert=${cert}`),
    /TLS was not accepted \(ERR_TLS_CERT/,
  )
})

/** Makes a certificate for localhost in a folder of PostgreSQL's, which wants the key to be its own. */
function makeCertificate(folder: string): readonly [cert: string, key: string] {
  const [cert, key] = [join(folder, 'test.crt'), join(folder, 'test.key')]
  const asked =
    'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost'
  execFileSync('openssl', [...asked.split(' '), '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const { uid, gid } = statSync(folder)
  for (const file of [cert, key]) chownSync(file, uid, gid)
  return [cert, key]
}

async function refuses(url: string, sentence: RegExp, options: Partial<PostgresOptions> = {}): Promise<void> {
  const opening = openPostgresStore({ url, onWaiting: (waits) => assert.fail(waits), ...options })
  await assert.rejects(opening, (error) => {
    assert.ok(error instanceof StoreRefusal, `not a refusal: ${error}`)
    assert.match(error.message, sentence)
    return true
  })
}
