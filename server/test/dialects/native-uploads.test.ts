import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { Upload } from 'tus-js-client'
import { NativeHttp } from '../support/native-http.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'
import { file, idOf, OFFSET, tus, upload } from '../support/uploads.ts'

const server = await startParlance({ FILES_QUOTA: '1000000', CORS_ALLOW_ORIGIN: 'https://app.example' })
after(() => server.close())
const { url } = server

const begin = async (by: NativeHttp, size: number, headers: Readonly<Record<string, string>> = {}) => {
  const response = await tus(by, 'POST', '/v1/uploads', {
    headers: { 'upload-length': `${size}`, ...headers },
  })
  return { status: response.status, path: response.headers.get('location') ?? '', headers: response.headers }
}

const append = (by: NativeHttp, path: string, offset: number, body: string) =>
  tus(by, 'PATCH', path, { headers: { 'upload-offset': `${offset}`, 'content-type': OFFSET }, body })

const told = async (response: Response) => [
  response.status,
  ((await response.json()) as { code: string }).code,
]

it('a tus client uploads a file, which its uploader reads', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const id = await upload(ann, 'hello', { name: 'greeting.txt' })
  const response = await file(ann, id)
  assert.deepEqual([response.status, await response.text()], [200, 'hello'])
  assert.match(response.headers.get('content-disposition') ?? '', /greeting\.txt/)
})

it('a tus client sends the beginning with the creation, and the rest in pieces', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const bytes = randomBytes(100_000)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const sending = new Upload(bytes, {
    endpoint: `${url}/v1/uploads`,
    headers: { authorization: `Bearer ${ann.token}` },
    uploadDataDuringCreation: true,
    chunkSize: 30_000,
    onSuccess: () => resolve(),
    onError: reject,
  })
  sending.start()
  await promise
  const response = await file(ann, idOf(sending.url))
  assert.ok(Buffer.from(await response.arrayBuffer()).equals(bytes))
})

it('a tus client that was cut off goes on where it was, and ends what it does not want', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const bytes = randomBytes(200_000)
  const options = {
    endpoint: `${url}/v1/uploads`,
    headers: { authorization: `Bearer ${ann.token}` },
    chunkSize: 50_000,
    retryDelays: null,
  }
  const cut = Promise.withResolvers<void>()
  const first = new Upload(bytes, {
    ...options,
    onChunkComplete: (_size, accepted) => {
      if (accepted === 100_000) cut.resolve(first.abort())
    },
    onError: cut.reject,
  })
  first.start()
  await cut.promise
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const starts: number[] = []
  const second = new Upload(bytes, {
    ...options,
    uploadUrl: first.url,
    onProgress: (sent) => starts.push(sent),
    onSuccess: () => resolve(),
    onError: reject,
  })
  second.start()
  await promise
  assert.ok((starts[0] ?? 0) >= 100_000)
  const response = await file(ann, idOf(second.url))
  assert.ok(Buffer.from(await response.arrayBuffer()).equals(bytes))
  await second.abort(true)
  assert.equal((await file(ann, idOf(second.url))).status, 404)
})

it('bytes that came before a connection broke are kept', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const bytes = 'x'.repeat(20_000)
  const { path } = await begin(ann, bytes.length)
  const socket = connect(server.port, server.host)
  socket.write(
    `PATCH ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann.token}\r\nTus-Resumable: 1.0.0\r\n` +
      `Upload-Offset: 0\r\nContent-Type: ${OFFSET}\r\nContent-Length: ${bytes.length}\r\n\r\n${bytes.slice(0, 10_000)}`,
  )
  await until('the upload is at it', async () => (await append(ann, path, 9, 'x')).status === 423)
  const partial = join(server.config.filesDirectory, 'uploads', path.split('/f_').at(-1) ?? '')
  await until('bytes are written', async () => existsSync(partial) && (await stat(partial)).size > 4_000)
  socket.destroy()
  const offset = async () => Number((await tus(ann, 'HEAD', path)).headers.get('upload-offset'))
  await until('most of them are there', async () => (await offset()) > 4_000)
  await until('the upload is free', async () => (await append(ann, path, 30_000, 'x')).status === 409)
  const from = await offset()
  assert.equal((await append(ann, path, from, bytes.slice(from))).status, 204)
  assert.equal(await (await file(ann, path.split('/').at(-1) ?? '')).text(), bytes)
})

it('an upload tells where it stands, and takes bytes nowhere else', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const { path, headers } = await begin(ann, 4)
  assert.equal(headers.get('upload-offset'), '0')
  assert.ok(Date.parse(headers.get('upload-expires') ?? '') > Date.now() + 23 * 3600 * 1000)
  assert.equal((await append(ann, path, 0, 'ab')).headers.get('upload-offset'), '2')
  const wrong = await append(ann, path, 0, 'cd')
  assert.equal(wrong.headers.get('upload-offset'), '2')
  assert.deepEqual(await told(wrong), [409, 'upload_elsewhere'])
  const head = await tus(ann, 'HEAD', path)
  assert.deepEqual(
    ['upload-offset', 'upload-length', 'cache-control', 'tus-resumable'].map((name) =>
      head.headers.get(name),
    ),
    ['2', '4', 'no-store', '1.0.0'],
  )
  assert.deepEqual(await told(await append(ann, path, 2, 'too long')), [413, 'payload_too_large'])
  assert.equal((await tus(ann, 'HEAD', path)).headers.get('upload-offset'), '4')
  assert.equal(await (await file(ann, path.split('/').at(-1) ?? '')).text(), 'abto')
})

it('an empty file is complete at once', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const { path } = await begin(ann, 0)
  const response = await file(ann, path.split('/').at(-1) ?? '')
  assert.deepEqual([response.status, await response.text()], [200, ''])
})

it('an upload is nobody else’s', async () => {
  const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
  const { path } = await begin(ann, 4)
  assert.equal((await tus(bob, 'HEAD', path)).status, 404)
  assert.equal((await append(bob, path, 0, 'evil')).status, 404)
  assert.equal((await tus(bob, 'DELETE', path)).status, 404)
  assert.equal((await tus(new NativeHttp(url, { token: 'wrong' }), 'HEAD', path)).status, 401)
  assert.equal((await tus(ann, 'DELETE', path)).status, 204)
  assert.equal((await tus(ann, 'HEAD', path)).status, 404)
})

it('a cookie uploads only for pages of this server', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const ask = (headers: Readonly<Record<string, string>>) =>
    fetch(`${url}/v1/uploads`, {
      method: 'POST',
      headers: {
        cookie: `parlance=${ann.token}`,
        'tus-resumable': '1.0.0',
        'upload-length': '1',
        ...headers,
      },
    })
  assert.deepEqual(await told(await ask({ origin: 'https://evil.example' })), [403, 'cross_site'])
  assert.equal((await ask({ origin: url })).status, 201)
})

it('headers that cannot be used are refused', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const status = async (headers: Readonly<Record<string, string>>) => (await begin(ann, 1, headers)).status
  for (const length of ['-1', '1.5', '', 'x', '0x10', '9'.repeat(20)])
    assert.equal(await status({ 'upload-length': length }), 400, length)
  assert.equal(await status({ 'upload-length': `${100 * 1024 * 1024 + 1}` }), 413)
  assert.equal(await status({ 'upload-defer-length': '1' }), 400)
  assert.equal(await status({ 'tus-resumable': '0.2.2' }), 412)
  for (const metadata of [
    'filename',
    'filename !!',
    'filename YQ==,filename YQ==',
    'a b c',
    `filename ${'YWFh'.repeat(2_000)}`,
  ])
    assert.equal(await status({ 'upload-metadata': metadata }), metadata === 'filename' ? 201 : 400, metadata)
  const { path } = await begin(ann, 4)
  const patch = (headers: Readonly<Record<string, string>>) =>
    tus(ann, 'PATCH', path, { headers, body: 'abcd' })
  assert.equal((await patch({ 'upload-offset': '0', 'content-type': 'text/plain' })).status, 415)
  assert.equal((await patch({ 'upload-offset': 'x', 'content-type': OFFSET })).status, 400)
})

it('an account has room for so much, and gets it back', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const { path } = await begin(ann, 900_000)
  const refused = await tus(ann, 'POST', '/v1/uploads', { headers: { 'upload-length': '100001' } })
  assert.deepEqual(await told(refused), [413, 'quota_exceeded'])
  await tus(ann, 'DELETE', path)
  assert.equal((await begin(ann, 100_001)).status, 201)
})

it('anybody may ask what is spoken, and pages of listed origins may upload', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const { path } = await begin(ann, 1)
  for (const each of ['/v1/uploads', path]) {
    const { status, headers } = await fetch(url + each, { method: 'OPTIONS' })
    assert.deepEqual(
      [status, headers.get('tus-version'), headers.get('tus-extension'), headers.get('tus-max-size')],
      [204, '1.0.0', 'creation,creation-with-upload,expiration,termination', '104857600'],
    )
  }
  const origin = 'https://app.example'
  const preflight = await fetch(url + path, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PATCH' },
  })
  assert.equal(preflight.headers.get('access-control-allow-origin'), origin)
  assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /PATCH/)
  assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /upload-offset/)
  const head = await tus(ann, 'HEAD', path, { headers: { origin } })
  assert.match(head.headers.get('access-control-expose-headers') ?? '', /upload-offset/)
})

it('a method may be said in a header', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const { path } = await begin(ann, 2)
  const as = (method: string, headers: Readonly<Record<string, string>> = {}, body = '') =>
    tus(ann, 'POST', path, {
      headers: { 'x-http-method-override': method, ...headers },
      ...(body && { body }),
    })
  assert.equal((await as('PATCH', { 'upload-offset': '0', 'content-type': OFFSET }, 'ab')).status, 204)
  assert.equal((await as('HEAD')).headers.get('upload-offset'), '2')
  assert.equal((await as('DELETE')).status, 204)
  assert.equal((await as('GET')).status, 405)
})

it('names are one line without a path, and types are found from the content', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  const shown = async (bytes: string, name: string, type: string) => {
    const { headers } = await file(ann, await upload(ann, bytes, { name, type }))
    return [headers.get('content-type'), headers.get('content-disposition')?.split("''")[1]]
  }
  const any = 'application/octet-stream'
  assert.deepEqual(await shown('x', '../../etc/passwd', 'image/png'), [any, 'passwd'])
  assert.deepEqual(await shown('x', 'C:\\a\\b.txt', 'text/html'), [any, 'b.txt'])
  assert.deepEqual(await shown('x', 'a\r\nb\u202egnp.exe', ''), [any, 'a%20bgnp.exe'])
  assert.deepEqual(await shown('x', '..', ''), [any, 'file'])
  assert.deepEqual(await shown('<svg xmlns="http://www.w3.org/2000/svg"/>', 'a.svg', 'image/svg+xml'), [
    any,
    'a.svg',
  ])
  assert.deepEqual(await shown('GIF89a\x01\0\x01\0', 'a.exe', 'application/x'), ['image/gif', 'a.exe'])
})
