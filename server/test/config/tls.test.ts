import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, readFile } from 'node:fs/promises'
import { connect as connectPlain } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { connect } from 'node:tls'
import WebSocket from 'ws'
import { startBlock } from '../../src/cli/start-block.ts'
import { type CertificateFiles, makeCertificate, overwrite, textsOf } from '../support/certificates.ts'
import { parlance } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'
import { spawnServer } from '../support/process.ts'
import { register } from '../support/rooms.ts'
import { startParlance } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { trust } from '../support/trust.ts'
import { START_MS, until } from '../support/until.ts'

const settingsOf = ({ cert, key }: CertificateFiles) => ({ TLS_CERT: cert, TLS_KEY: key })

/** A server that speaks TLS, whose certificate this process believes. */
async function start(t: TestContext, settings: Readonly<Record<string, string>> = {}) {
  const folder = await tempDir(t)
  const files = await makeCertificate(folder)
  trust(t, (await textsOf(files)).cert)
  const server = await startParlance({ ...settingsOf(files), ...settings })
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= server.close()
    return closing
  }
  t.after(close)
  return { server, folder, files, close }
}

test('a log-in over TLS is given a cookie that travels over TLS alone', async (t) => {
  const { server } = await start(t)
  const body = JSON.stringify({ username: 'ann', password: 'a password of ann', cookie: true })
  const headers = { 'content-type': 'application/json', origin: server.url }
  const made = await fetch(`${server.url}/v1/accounts`, { method: 'POST', headers, body })
  assert.equal(made.status, 201, await made.clone().text())
  assert.match(made.headers.get('set-cookie') ?? '', /^__Host-parlance=.*; Secure$/)
})

test('the start block, the metrics and the docs name https', async (t) => {
  const { server } = await start(t, { PARLANCE_PORTS: `chatapp:${await freePort()}` })
  const block = startBlock(server.config, server, [])
  assert.match(server.url, /^https:/)
  assert.doesNotMatch(block, /http:/)
  assert.match(block, /only chatapp +https:.*\n/)
  assert.match(block, /raw TCP, TLS +127/)
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  const [, expires = '0'] = /^parlance_certificate_expires_seconds (\S+)$/m.exec(metrics) ?? []
  const days = (Number(expires) - Date.now() / 1000) / (24 * 3600)
  assert.ok(days > 89 && days < 91, `${days}`)
})

test('the bridge of the playground reaches a raw port that speaks TLS', async (t) => {
  const { server } = await start(t)
  const person = await register(server.url, 'ann')
  const gid = await person.createRoom()
  const ws = new WebSocket(`${server.url.replace('https', 'wss')}/playground/raw`, { origin: server.url })
  t.after(() => ws.terminate())
  let heard = ''
  ws.on('message', (data) => {
    heard += data.toString()
  })
  await once(ws, 'open')
  ws.send(JSON.stringify({ uuid: person.uuid, room_gid: gid }))
  await until('a message over the bridge', async () => {
    await person.send(gid, 'are you there')
    return heard.includes('are you there')
  })
})

test('files that are replaced are served from then on, and live clients stay', async (t) => {
  const { server, folder, files } = await start(t)
  const before = connect({ port: server.port, host: '127.0.0.1', servername: 'localhost' })
  t.after(() => before.destroy())
  await once(before, 'secureConnect')
  const next = await makeCertificate(folder)
  await overwrite(next, files)
  const { cert } = await textsOf(next)
  const isServed = async () => {
    const socket = connect({ port: server.port, host: '127.0.0.1', servername: 'localhost', ca: cert })
    const outcome = await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')]).catch(() => [
      1,
    ])
    socket.destroy()
    return outcome.length === 0
  }
  await until('the new certificate', isServed, 15_000)
  before.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const [answer] = await once(before, 'data')
  assert.match(String(answer), /^HTTP\/1\.1 200/)
})

test('a server that is asked to stop says goodbye over TLS, and leaves nothing open', async (t) => {
  const { server, close } = await start(t)
  const idle = connect({ port: server.port, host: '127.0.0.1', servername: 'localhost' })
  const silent = connectPlain(server.port, '127.0.0.1')
  for (const socket of [idle, silent]) socket.on('error', () => undefined).resume()
  await Promise.all([once(idle, 'secureConnect'), once(silent, 'connect')])
  const startedAt = performance.now()
  await close()
  await until('both to be closed', () => idle.closed && silent.closed)
  assert.ok(performance.now() - startedAt < 8_000)
})

test('a certificate that cannot be served ends the start with one sentence and 1', async (t) => {
  const folder = await tempDir(t)
  const good = await makeCertificate(folder)
  const old = await makeCertificate(folder, { days: { from: -20, to: -10 } })
  const cases: readonly (readonly [CertificateFiles, RegExp])[] = [
    [old, /ran out on/],
    [{ ...good, key: old.key }, /does not fit/],
    [{ ...good, cert: join(folder, 'none.pem') }, /is not there/],
  ]
  for (const [{ cert, key }, sentence] of cases) {
    const db = join(folder, 'chat.db')
    const { code, stderr, stdout } = await parlance(
      t,
      'start',
      '--dbpath',
      db,
      '--tls-cert',
      cert,
      '--tls-key',
      key,
    )
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, sentence)
    assert.equal(stderr.trim().split('\n').length, 1)
    await assertNothingOf(key, stderr)
  }
})

/** No line of the key is in the text. */
async function assertNothingOf(key: string, text: string): Promise<void> {
  for (const line of (await readFile(key, 'utf8')).trim().split('\n')) assert.ok(!text.includes(line), line)
}

test('the text of the key is neither logged nor printed', async (t) => {
  const folder = await tempDir(t)
  const files = await makeCertificate(folder)
  const settings = { DBPATH: join(folder, 'chat.db'), PORT: '0', ROOMS_TCP_PORT: '0', LOG_LEVEL: 'trace' }
  const { child, output, exited } = spawnServer(t, { ...settings, ...settingsOf(files) })
  await until('the start-up block', () => output.stdout.includes('https:'), START_MS)
  await overwrite(await makeCertificate(folder), files)
  await until('the new certificate', () => output.stderr.includes('A new certificate is served'), START_MS)
  child.kill('SIGTERM')
  assert.equal(await exited, 0)
  await assertNothingOf(files.key, output.stdout + output.stderr)
  const shown = await parlance(t, 'check', '--tls-cert', files.cert, '--tls-key', files.key)
  await assertNothingOf(files.key, shown.stdout + shown.stderr)
})

const NOBODY = 65_534
test('a key that the user of the server may not read is named with what to do', {
  skip: process.getuid?.() !== 0 && 'only root can give a file away',
}, async (t) => {
  const folder = await tempDir(t)
  const { cert, key } = await makeCertificate(folder)
  await chmod(key, 0o600)
  for (const path of [folder, join(cert, '..'), cert]) await chown(path, NOBODY, NOBODY)
  const module = join(import.meta.dirname, '../../src/certificates/index.ts')
  const script = `process.setuid(${NOBODY}); const { readPair } = await import(${JSON.stringify(module)}); await readPair(${JSON.stringify({ cert, key })}).catch((error) => console.log(error.message))`
  const child = execFile(process.execPath, ['--input-type=module', '-e', script])
  let said = ''
  child.stdout?.on('data', (text) => {
    said += text
  })
  await once(child, 'close')
  assert.match(
    said,
    /\(TLS_KEY\) may not be read by the server's user; make that user its owner, with mode 600\.\n$/,
  )
})

test('the health check of the image asks over TLS where the server speaks it', async (t) => {
  const folder = await tempDir(t)
  const port = String(await freePort())
  const files = await makeCertificate(folder)
  const settings = { DBPATH: join(folder, 'chat.db'), PORT: port, ROOMS_TCP_PORT: '0', LOG_LEVEL: 'warn' }
  const byOption = ['start', '--tls-cert', files.cert, `--tls-key=${files.key}`]
  for (const [more, args] of [
    [settingsOf(files), ['start']],
    [{}, byOption],
  ] as const) {
    const server = spawnServer(t, { ...settings, ...more }, args)
    await until('the start-up block', () => server.output.stdout.includes('first account'), START_MS)
    const check = join(import.meta.dirname, '../../src/hosting/health-check.js')
    const asked = execFile(process.execPath, [check, String(server.child.pid)], { env: {} })
    const [code] = await once(asked, 'close')
    assert.equal(code, 0)
    server.child.kill('SIGTERM')
    assert.equal(await server.exited, 0)
  }
})
