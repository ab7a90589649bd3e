import assert from 'node:assert/strict'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { CertificateFiles, CertificateRefusal } from '../../src/certificates/index.ts'
import {
  type CertificateFiles as Files,
  makeCertificate,
  overwrite,
  textsOf,
} from '../support/certificates.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

const LOOK_EVERY_MS = 20

async function opened(t: TestContext, files: Files) {
  const refusals: string[] = []
  const source = await CertificateFiles.open({
    files,
    nowMs: Date.now,
    onRefused: (sentence) => refusals.push(sentence),
    lookEveryMs: LOOK_EVERY_MS,
  })
  t.after(() => source.close())
  const renewals: string[] = []
  source.onRenewal(({ cert }) => renewals.push(cert))
  return { source, refusals, renewals }
}

test('new files are served as soon as they fit, however they are written', async (t) => {
  const folder = await tempDir(t)
  const files = await makeCertificate(folder)
  const { source, renewals, refusals } = await opened(t, files)
  const next = await makeCertificate(folder)
  await overwrite(next, files)
  const { cert, key } = await textsOf(next)
  await until('the new certificate', () => renewals.length === 1)
  assert.deepEqual([source.current.cert, source.current.key, renewals], [cert, key, [cert]])
  assert.deepEqual(refusals, [])
})

test('links that certbot replaces are followed', async (t) => {
  const folder = await tempDir(t)
  const [one, two] = [await makeCertificate(folder), await makeCertificate(folder)]
  const live = { cert: join(folder, 'fullchain.pem'), key: join(folder, 'privkey.pem') }
  const link = async (from: Files) => {
    for (const part of ['cert', 'key'] as const) {
      await symlink(from[part], `${live[part]}.new`)
      await rename(`${live[part]}.new`, live[part])
    }
  }
  await link(one)
  const { source, renewals } = await opened(t, live)
  await link(two)
  await until('the new certificate', () => renewals.length === 1)
  assert.equal(source.current.cert, (await textsOf(two)).cert)
})

test('the link of a folder that Kubernetes replaces is followed', async (t) => {
  const folder = await tempDir(t)
  const [one, two] = [await makeCertificate(folder), await makeCertificate(folder)]
  const data = join(folder, '..data')
  await symlink(join(one.cert, '..'), data)
  for (const name of ['cert.pem', 'key.pem']) await symlink(join('..data', name), join(folder, name))
  const { source, renewals } = await opened(t, {
    cert: join(folder, 'cert.pem'),
    key: join(folder, 'key.pem'),
  })
  await symlink(join(two.cert, '..'), `${data}.new`)
  await rename(`${data}.new`, data)
  await until('the new certificate', () => renewals.length === 1)
  assert.equal(source.current.cert, (await textsOf(two)).cert)
})

test('a new pair that cannot be served leaves the old one, and is told of once, in one sentence', async (t) => {
  const folder = await tempDir(t)
  const files = await makeCertificate(folder)
  const { source, refusals, renewals } = await opened(t, files)
  const { cert } = source.current
  const spoil: readonly (readonly [() => Promise<void>, RegExp])[] = [
    [async () => writeFile(files.cert, (await textsOf(await makeCertificate(folder))).cert), /does not fit/],
    [() => writeFile(files.cert, ''), /has no certificate in PEM/],
    [() => rm(files.cert), /is not there/],
    [() => mkdir(files.cert), /is no file/],
  ]
  for (const [n, [change, sentence]] of spoil.entries()) {
    await change()
    await until('the refusal', () => refusals.length === n + 1)
    assert.match(refusals[n] ?? '', sentence)
    assert.match(refusals[n] ?? '', /^[^\n]*\.$/)
  }
  const next = await makeCertificate(folder)
  await rm(files.cert, { recursive: true })
  await overwrite(next, files)
  await until('a pair that fits', () => renewals.length === 1)
  assert.notEqual(source.current.cert, cert)
  assert.equal(refusals.length, spoil.length)
})

const REFUSED: readonly (readonly [string, (files: Files, folder: string) => Promise<Files>, RegExp])[] = [
  [
    'a certificate that is missing',
    async ({ key }) => ({ cert: '/nowhere/cert.pem', key }),
    /^\/nowhere\/cert\.pem \(TLS_CERT\) is not there/,
  ],
  [
    'a key that is missing',
    async ({ cert }) => ({ cert, key: '/nowhere/key.pem' }),
    /^\/nowhere\/key\.pem \(TLS_KEY\) is not there/,
  ],
  ['a folder', async ({ key }, folder) => ({ cert: folder, key }), /\(TLS_CERT\) is no file/],
  [
    'the two exchanged',
    async ({ cert, key }) => ({ cert: key, key: cert }),
    /\(TLS_CERT\) has no certificate/,
  ],
  ['a certificate as its key', async ({ cert }) => ({ cert, key: cert }), /\(TLS_KEY\) has no private key/],
  [
    "another certificate's key",
    async ({ cert }, folder) => ({ cert, key: (await makeCertificate(folder)).key }),
    /key in .*\(TLS_KEY\) does not fit the certificate in .*\(TLS_CERT\)/,
  ],
  [
    'a certificate that has run out',
    (_files, folder) => makeCertificate(folder, { days: { from: -20, to: -10 } }),
    /ran out on \d{4}-\d\d-\d\d; renew it/,
  ],
  [
    'a certificate that has not begun',
    (_files, folder) => makeCertificate(folder, { days: { from: 10, to: 20 } }),
    /begins on \d{4}-\d\d-\d\d/,
  ],
  [
    'a key with a passphrase',
    async ({ cert }, folder) => {
      const key = join(folder, 'encrypted.pem')
      await writeFile(
        key,
        '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n',
      )
      return { cert, key }
    },
    /has a passphrase/,
  ],
  [
    'a file that is far too large',
    async ({ cert }, folder) => {
      const key = join(folder, 'large.pem')
      await writeFile(key, Buffer.alloc(300_000))
      return { cert, key }
    },
    /more than 256 KiB/,
  ],
]

for (const [what, change, sentence] of REFUSED) {
  test(`${what} is refused in one sentence`, async (t) => {
    const folder = await tempDir(t)
    const files = await change(await makeCertificate(folder), folder)
    await assert.rejects(opened(t, files), (error) => {
      assert.ok(error instanceof CertificateRefusal)
      assert.match(error.message, sentence)
      assert.match(error.message, /^[^\n]*\.$/)
      return true
    })
  })
}

test('a certificate tells for whom it is, and until when', async (t) => {
  const folder = await tempDir(t)
  const files = await makeCertificate(folder, {
    names: 'DNS:*.example.org,IP:192.0.2.1',
    days: { from: -1, to: 5 },
  })
  const { source } = await opened(t, files)
  const { covers, expiresAtMs } = source.current
  assert.deepEqual(['chat.example.org', 'example.org', '192.0.2.1', '192.0.2.2'].map(covers), [
    true,
    false,
    true,
    false,
  ])
  const days = (expiresAtMs - Date.now()) / (24 * 3_600_000)
  assert.ok(days > 4.9 && days < 5.1, `${days}`)
})
