import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { cleanFileName } from '../../src/core/file-name.ts'
import { deep } from '../support/deep.ts'
import { NativeHttp } from '../support/native-http.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { file, OFFSET, tus, upload } from '../support/uploads.ts'

// Headers of uploads and downloads may be anything: the answer is one of the protocol, nobody else's file is touched, and
// a part of a file is that part.

let server: TestServer
let ann: NativeHttp
let bob: NativeHttp
before(async () => {
  server = await startParlance()
  const people = await NativeHttp.people(server.url, 'ann', 'bob')
  ann = people[0]
  bob = people[1]
})
after(() => server.close())

const some = { numRuns: deep(60) }
const NUMBERS = ['0', '1', '-1', '1.5', '1e3', '0x10', '9'.repeat(15), '9'.repeat(40), '', ' 1', '1, 1']
// Any byte that a header of HTTP may have.
const bytes = fc
  .array(
    fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f),
    { maxLength: 60 },
  )
  .map((codes) => String.fromCharCode(...codes))
const base64 = fc
  .string({ unit: 'binary', maxLength: 80 })
  .map((text) => Buffer.from(text).toString('base64'))
const metadata = fc
  .array(fc.tuple(fc.constantFrom('filename', 'filetype', 'x', ''), fc.oneof(base64, bytes)), {
    maxLength: 3,
  })
  .map((pairs) => pairs.map(([key, value]) => `${key} ${value}`).join(','))

const headers = fc.record(
  {
    'upload-length': fc.oneof(fc.constantFrom(...NUMBERS), bytes),
    'upload-offset': fc.oneof(fc.constantFrom(...NUMBERS), bytes),
    'upload-metadata': fc.oneof(metadata, bytes),
    'upload-defer-length': fc.constantFrom('1', 'x'),
    'tus-resumable': fc.oneof(fc.constantFrom('1.0.0', '1.0.0', '0.2.2', ''), bytes),
    'x-http-method-override': fc.oneof(fc.constantFrom('PATCH', 'DELETE', 'HEAD', 'GET', 'patch'), bytes),
    'content-type': fc.oneof(fc.constantFrom(OFFSET, OFFSET, 'text/plain'), bytes),
    'content-length': fc.constantFrom('0', '4'),
  },
  { requiredKeys: [] },
)

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** As bytes of any header, which fetch would refuse. */
function ask(by: NativeHttp, { method, path, headers }: Asked): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const asking = request(server.url + path, {
    method,
    headers: { 'tus-resumable': '1.0.0', ...headers, authorization: `Bearer ${by.token}` },
  })
  asking.on('response', (response) => {
    response.resume()
    response.on('end', () => resolve(response.statusCode ?? 0))
  })
  asking.on('error', reject)
  asking.end(headers['content-length'] === '4' ? 'evil' : undefined)
  return promise
}

test('an upload may have any headers: none fails the server, and none touches the upload of another', async () => {
  const { headers: begun } = await tus(ann, 'POST', '/v1/uploads', { headers: { 'upload-length': '4' } })
  const path = begun.get('location') ?? ''
  const done = await upload(ann, 'kept')
  const paths = fc.constantFrom(
    '/v1/uploads',
    path,
    `/v1/uploads/${done}`,
    '/v1/uploads/f_0',
    '/v1/uploads/%00',
  )
  const methods = fc.constantFrom('POST', 'PATCH', 'HEAD', 'DELETE', 'OPTIONS')
  await fc.assert(
    fc.asyncProperty(fc.record({ method: methods, path: paths, headers }), async (asked) => {
      const status = await ask(bob, asked)
      assert.ok(status >= 200 && status < 500, `${status}`)
      if (asked.path !== '/v1/uploads') assert.ok(status >= 400 || asked.method === 'OPTIONS', `${status}`)
    }),
    some,
  )
  assert.equal((await tus(ann, 'HEAD', path)).headers.get('upload-offset'), '0')
  assert.equal(await (await file(ann, done)).text(), 'kept')
})

test('a Range may be anything: the answer is that part, the whole, or 416', async () => {
  const content = Buffer.from(Array.from({ length: 300 }, (_, at) => at % 256))
  const id = await upload(ann, content)
  const position = fc.oneof(fc.integer({ min: 0, max: 320 }).map(String), fc.constantFrom(...NUMBERS))
  const range = fc.oneof(
    fc.tuple(position, position).map(([from, to]) => `bytes=${from}-${to}`),
    fc.tuple(position, position, position).map(([a, b, c]) => `bytes=${a}-${b},${c}-`),
    bytes,
  )
  await fc.assert(
    fc.asyncProperty(range, async (text) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const headers = { authorization: `Bearer ${ann.token}`, range: text }
      const asking = request(`${server.url}/v1/files/${id}`, { headers }, (response) => {
        const pieces: Buffer[] = []
        response.on('data', (piece: Buffer) => pieces.push(piece))
        response.on('end', () => {
          const got = Buffer.concat(pieces)
          const { 'content-range': said = '', 'content-length': length } = response.headers
          try {
            if (response.statusCode === 416) assert.equal(said, 'bytes */300')
            else if (response.statusCode === 206) {
              const [, first = '', last = ''] = /^bytes (\d+)-(\d+)\/300$/.exec(said) ?? []
              assert.ok(got.equals(content.subarray(Number(first), Number(last) + 1)) && got.length > 0, said)
              assert.equal(length, String(got.length))
            } else {
              assert.equal(response.statusCode, 200)
              assert.ok(got.equals(content))
            }
            resolve()
          } catch (error) {
            reject(error)
          }
        })
      })
      asking.on('error', reject)
      asking.end()
      await promise
    }),
    some,
  )
})

test('a name may be anything: it is one line without a path, and adds no header', async () => {
  const nasty = fc.constantFrom(
    ...[
      'a\r\nSet-Cookie: x=1',
      '\u202egnp.exe',
      '../../etc/passwd',
      '..',
      '.',
      '\0',
      'x'.repeat(900),
      '"; x="',
      '%0d%0a',
    ],
    ...[
      '\ud800',
      '\u2028',
      'a/b\\c',
      '字'.repeat(250),
      '👍'.repeat(150),
      'é'.normalize('NFD'),
      "it's *(1)%.txt",
    ],
  )
  const name = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 300 }))
  await fc.assert(
    fc.asyncProperty(name, async (text) => {
      const encoded = Buffer.from(text).toString('base64')
      const begun = await tus(ann, 'POST', '/v1/uploads', {
        headers: { 'upload-length': '0', 'upload-metadata': `filename ${encoded}` },
      })
      // Refused as a whole where a text of this server may not have it.
      if (begun.status === 400) return
      assert.equal(begun.status, 201)
      const response = await file(ann, begun.headers.get('location')?.split('/').at(-1) ?? '')
      const disposition = response.headers.get('content-disposition') ?? ''
      assert.match(disposition, /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[\x21-\x7e]+$/)
      assert.equal(response.headers.get('set-cookie'), null)
      const shown = decodeURIComponent(disposition.split("''")[1] ?? '')
      assert.equal(shown, cleanFileName(text.toWellFormed()))
      assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\]|^\.+$/u)
      assert.ok(shown.length > 0 && shown.length <= 200)
    }),
    some,
  )
})
