import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { openWebClient } from '../../src/web/index.ts'
import { startParlance } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'

const SCRIPT = 'export const one = 1\n'.repeat(100)

/** A server of a client as `web/build` would leave it. */
async function serve(t: { after(end: () => void): void }): Promise<string> {
  const directory = await tempDir(t)
  mkdirSync(join(directory, 'assets'))
  writeFileSync(join(directory, 'index.html'), '<!doctype html>')
  writeFileSync(join(directory, 'assets/index-abc.js'), SCRIPT)
  writeFileSync(join(directory, 'assets/index-abc.js.gz'), gzipSync(SCRIPT))
  writeFileSync(join(directory, 'secret.txt'), 'not a file of a client')
  const web = openWebClient({ directory })
  const http = createServer((request, response) => {
    if (!web?.handle(request, response)) response.writeHead(404).end()
  })
  http.listen(0, '127.0.0.1')
  t.after(() => http.close())
  await new Promise((resolve) => http.once('listening', resolve))
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}

test('the page is asked for again each time, and its assets are kept for ever', async (t) => {
  const url = await serve(t)
  const page = await fetch(`${url}/`)
  assert.equal(await page.text(), '<!doctype html>')
  assert.equal(page.headers.get('cache-control'), 'no-cache')
  const asset = await fetch(`${url}/assets/index-abc.js`)
  assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(asset.headers.get('content-type'), 'text/javascript; charset=utf-8')
})

test('an asset comes in an encoding that the browser takes, and is the same in each', async (t) => {
  const url = await serve(t)
  for (const [accepted, encoding] of [
    ['gzip, deflate', 'gzip'],
    ['br, gzip', 'gzip'],
    ['br', null],
    ['gzip;q=0', null],
    ['identity', null],
  ] as const) {
    const answer = await fetch(`${url}/assets/index-abc.js`, { headers: { 'accept-encoding': accepted } })
    // There is no file for br.
    assert.equal(answer.headers.get('content-encoding'), encoding, accepted)
    assert.equal(await answer.text(), SCRIPT)
  }
})

test('a browser that has the page is told so', async (t) => {
  const url = await serve(t)
  const etag = (await fetch(`${url}/`)).headers.get('etag') ?? ''
  const again = await fetch(`${url}/`, { headers: { 'if-none-match': etag } })
  assert.equal(again.status, 304)
  assert.equal(await again.text(), '')
})

test('nothing but the files of a client is served, and only to be read', async (t) => {
  const url = await serve(t)
  for (const path of [
    '/secret.txt',
    '/index.html',
    '/assets/',
    '/assets/../secret.txt',
    '/assets/..%2fsecret.txt',
    '/assets/index-abc.js.gz',
  ])
    assert.equal((await fetch(url + path)).status, 404, path)
  assert.equal((await fetch(`${url}/`, { method: 'POST' })).status, 404)
  const head = await fetch(`${url}/`, { method: 'HEAD' })
  assert.deepEqual([head.status, await head.text(), head.headers.get('content-length')], [200, '', '15'])
})

test('the page may run no code and load nothing of another site', async (t) => {
  const url = await serve(t)
  const policy = (await fetch(`${url}/`)).headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /require-trusted-types-for 'script'; trusted-types parlance$/)
  assert.doesNotMatch(policy, /unsafe|http|\*/)
})

test('without the native dialect, and where it is switched off, there is no web client', async () => {
  for (const settings of [{ PARLANCE_DIALECTS: 'rooms' }, { PARLANCE_WEB: 'false' }]) {
    const server = await startParlance(settings)
    try {
      assert.equal(server.hasWebClient, false)
      assert.equal((await fetch(server.url)).status, 404)
    } finally {
      await server.close()
    }
  }
})

test('the client that was built is served at the main port', async () => {
  const server = await startParlance()
  try {
    assert.ok(server.hasWebClient, 'build it first: node web/build/index.ts')
    const page = await (await fetch(server.url)).text()
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1]
    const answer = await fetch(`${server.url}${script}`)
    assert.equal(answer.status, 200)
  } finally {
    await server.close()
  }
})
