import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { readManifest } from '../../src/operating/backup/manifest.ts'
import { filledFile } from '../moving/filled.ts'
import { parlance, refuses } from '../support/command.ts'
import { tempDir } from '../support/temp-dir.ts'
import { backUp, restore, verify } from './talk.ts'

const ACCOUNT = '-----BEGIN PRIVATE KEY-----\nof an account\n'

const certificate = (serial: string): string =>
  JSON.stringify({
    directory: 'https://authority.example',
    cert: `certificate ${serial}`,
    key: `key ${serial}`,
  })

/** Writes what a server that has got a certificate keeps beside its database. */
function keep(file: string, serial: string): void {
  const folder = join(dirname(file), 'certificates')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'certificate.json'), certificate(serial), { mode: 0o600 })
  writeFileSync(join(folder, 'account.pem'), ACCOUNT, { mode: 0o600 })
}

/** A database whose server has got a certificate, and a back-up of it. */
async function backedUp(t: TestContext) {
  const file = await filledFile(t)
  keep(file, 'one')
  const copy = join(await tempDir(t), 'copy')
  assert.match(await backUp(t, copy, '--dbpath', file), /^ +certificate +that of TLS_DOMAIN, with its keys$/m)
  const { certificates } = readManifest(copy).files
  assert.ok(certificates)
  return { file, copy, inCopy: join(copy, certificates.name) }
}

const kept = (file: string, name: string): string =>
  readFileSync(join(dirname(file), 'certificates', name), 'utf8')

test('a certificate and the key of its account are restored with the rights of secrets', async (t) => {
  const { copy, inCopy } = await backedUp(t)
  assert.equal(statSync(inCopy).mode & 0o777, 0o600)
  const to = join(await tempDir(t), 'new', 'place.db')
  await restore(t, copy, '--dbpath', to)
  assert.equal(kept(to, 'certificate.json'), certificate('one'))
  assert.equal(kept(to, 'account.pem'), ACCOUNT)
  const folder = join(dirname(to), 'certificates')
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
})

test('a second back-up has the certificate that was got meanwhile, and that alone', async (t) => {
  const { file, copy } = await backedUp(t)
  keep(file, 'two')
  await backUp(t, copy, '--dbpath', file)
  assert.equal(readdirSync(copy).filter((name) => name.endsWith('.certificates')).length, 1)
  const to = join(await tempDir(t), 'place.db')
  await restore(t, copy, '--dbpath', to, '--tls-folder', join(dirname(to), 'certificates'))
  assert.equal(kept(to, 'certificate.json'), certificate('two'))
})

test('a certificate that is there already is not replaced by a restore', async (t) => {
  const { copy } = await backedUp(t)
  const to = join(await tempDir(t), 'place.db')
  keep(to, 'newer')
  await restore(t, copy, '--dbpath', to)
  assert.equal(kept(to, 'certificate.json'), certificate('newer'))
})

test('a certificate that was changed in a back-up is a fault to --verify, and nothing is restored', async (t) => {
  const { copy, inCopy } = await backedUp(t)
  const sound = await verify(t, copy)
  assert.deepEqual(
    [sound.code, sound.rows.at(-1)?.subject, sound.rows.at(-1)?.level],
    [0, 'certificate', 'ok'],
  )
  writeFileSync(inCopy, readFileSync(inCopy, 'utf8').replace('key one', 'key two'))
  const unsound = await verify(t, copy)
  assert.deepEqual([unsound.code, unsound.rows.at(-1)?.level], [1, 'fault'])
  const to = join(await tempDir(t), 'new', 'place.db')
  await refuses(t, /\.certificates is not as the manifest says/, 'restore', copy, '--dbpath', to)
  assert.deepEqual(readdirSync(dirname(to)), [])
})

test('a certificate that cannot be read is told of, and leaves no back-up', async (t) => {
  const file = await filledFile(t)
  keep(file, 'one')
  writeFileSync(join(dirname(file), 'certificates', 'certificate.json'), '{')
  const copy = join(await tempDir(t), 'copy')
  const { code, stderr } = await parlance(t, 'backup', copy, '--dbpath', file)
  assert.equal(code, 1)
  assert.match(stderr, /The certificate in .*certificates cannot be read; restore the file, or delete it/)
  assert.deepEqual(readdirSync(dirname(copy)), [])
})
