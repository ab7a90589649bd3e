import assert from 'node:assert/strict'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { AcmeCertificate, CertificateRefusal } from '../../src/certificates/index.ts'
import { openChallengeListener } from '../../src/hosting/challenge-listener.ts'
import { Limits } from '../../src/transport/index.ts'
import { textsOf } from '../support/certificates.ts'
import { freePort } from '../support/free-port.ts'
import { pebbleCertificate, startPebble } from '../support/pebble.ts'
import { tempDir } from '../support/temp-dir.ts'
import { trust } from '../support/trust.ts'
import { until } from '../support/until.ts'

const RETRY = { firstMs: 20, longestMs: 100 } as const

/** A certificate of localhost that is asked for at that port, and the port for proofs. */
async function world(t: TestContext) {
  const [challengePort, port] = [await freePort(), await freePort()]
  const own = await pebbleCertificate(t)
  trust(t, (await textsOf(own)).cert)
  const folder = await tempDir(t)
  const proofs = new Map<string, string>()
  const listener = await openChallengeListener({
    place: { host: '127.0.0.1', port: challengePort, settings: { port: 'TLS_CHALLENGE_PORT', host: 'HOST' } },
    limits: new Limits(true),
    proofs,
    hasCertificate: () => true,
    secureAddressOf: (_host, path) => `https://localhost${path}`,
  })
  t.after(() => listener.close())
  const begin = (more: { directory?: string } = {}) => {
    const failures: string[] = []
    const source = new AcmeCertificate({
      domains: ['localhost'],
      email: undefined,
      directory: `https://localhost:${port}/dir`,
      folder,
      proofs,
      nowMs: Date.now,
      onOrder: () => undefined,
      onFailed: (sentence) => failures.push(sentence),
      retry: RETRY,
      ...more,
    })
    t.after(() => source.close())
    const renewals: string[] = []
    source.onRenewal(({ cert }) => renewals.push(cert))
    return { source, failures, renewals }
  }
  const appear = (lifeSeconds?: number) =>
    startPebble(t, { challengePort, port, own, ...(lifeSeconds !== undefined && { lifeSeconds }) })
  return { begin, appear, folder, proofs }
}

test('an authority that is away is asked again, ever more rarely, until it is there', async (t) => {
  const { begin, appear, proofs } = await world(t)
  const { source, failures, renewals } = begin()
  await until('three failures', () => failures.length >= 3)
  for (const sentence of failures)
    assert.match(
      sentence,
      /^No certificate for localhost could be got at localhost:\d+: .*ECONNREFUSED.*; until there is one, nobody can connect\. The next try is in 1 min\.$/,
    )
  assert.deepEqual(renewals, [])
  await appear()
  await until('the certificate', () => renewals.length > 0)
  assert.equal(source.current?.covers('localhost'), true)
  assert.equal(proofs.size, 0)
})

test('while no other can be got, the certificate in use is served on', async (t) => {
  const { begin, appear } = await world(t)
  const pebble = await appear()
  const first = begin()
  await until('the certificate', () => first.renewals.length === 1)
  first.source.close()
  await pebble.stop()
  // Another authority is set: a new certificate is due at once, and cannot be had.
  const { source, failures } = begin({ directory: `https://localhost:${await freePort()}/dir` })
  assert.equal(source.current?.cert, first.renewals[0])
  await until('two failures', () => failures.length >= 2)
  assert.match(failures[0] ?? '', /the one in use is served on, and runs out on \d{4}-\d\d-\d\d/)
  assert.equal(source.current?.cert, first.renewals[0])
})

test('short-lived certificates are renewed again and again', async (t) => {
  const { begin, appear } = await world(t)
  await appear(6)
  const { renewals, failures } = begin()
  await until('three certificates', () => renewals.length === 3)
  assert.equal(new Set(renewals).size, 3)
  assert.deepEqual(failures, [])
})

test('a kept certificate that has run out is told of, and another is asked for', async (t) => {
  const { begin, appear } = await world(t)
  await appear(4)
  const first = begin()
  await until('the certificate', () => first.renewals.length > 0)
  first.source.close()
  await until('its end', () => (first.source.current?.expiresAtMs ?? 0) < Date.now())
  const { source, failures } = begin()
  assert.match(failures[0] ?? '', /ran out on .* A new one is asked for\.$/)
  await until('another certificate', () => source.current)
})

test('a folder that cannot be used is refused in one sentence, and so is a file that cannot be read', async (t) => {
  const { begin, folder } = await world(t)
  const refuses = (sentence: RegExp) =>
    assert.throws(begin, (error: Error) => {
      assert.ok(error instanceof CertificateRefusal)
      assert.match(error.message, sentence)
      assert.match(error.message, /^[^\n]*\.$/)
      return true
    })
  await writeFile(join(folder, 'certificate.json'), '{"cert":1}')
  refuses(/cannot be read; restore the file, or delete it/)
  if (process.getuid?.() === 0) return
  await chmod(folder, 0o500)
  refuses(/TLS_FOLDER/)
  await chmod(folder, 0o700)
})
