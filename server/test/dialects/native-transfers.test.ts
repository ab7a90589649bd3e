import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { TRANSFERS } from '../../src/dialects/native/documents/transfers.ts'
import { assertDocumented } from '../support/documented.ts'
import { NativeHttp, unique } from '../support/native-http.ts'
import { startParlance, type TestServer } from '../support/server.ts'
import { file, idOf, OFFSET, tus } from '../support/uploads.ts'

// The requests whose bodies are bytes, each held against the document that programs are made from.

let server: TestServer
let ann: NativeHttp
before(async () => {
  server = await startParlance()
  ann = await NativeHttp.register(server.url, unique('ann'))
})
after(() => server.close())

const seen = new Set<string>()

/** The status, once the document has said all of the answer. */
async function told(method: string, path: string, asking: Promise<Response>): Promise<string> {
  const { status, headers, ...response } = await asking.then(async (answer) => ({
    status: answer.status,
    headers: answer.headers,
    text: await answer.text(),
  }))
  assertDocumented({ method, path, status, headers, text: response.text })
  seen.add(`${method} ${path.replace(/f_[\w-]+/, '{f}')} ${status}`)
  const { code } = status >= 400 && response.text !== '' ? JSON.parse(response.text) : { code: undefined }
  return code === undefined ? String(status) : `${status} ${code}`
}

const ask = (method: string, path: string, options: Parameters<typeof tus>[3] = {}) =>
  told(method, path, tus(ann, method, path, options))

async function begun(length: number): Promise<string> {
  const answer = await tus(ann, 'POST', '/v1/uploads', { headers: { 'upload-length': String(length) } })
  return idOf(answer.headers.get('location'))
}

describe('the document tells of', () => {
  it('an upload from its beginning to its end', async () => {
    const headers = { 'upload-length': '5', 'upload-metadata': 'filename YS50eHQ=' }
    assert.equal(await ask('POST', '/v1/uploads', { headers }), '201')
    const path = `/v1/uploads/${await begun(5)}`
    const bytes = (offset: number, body: string) => ({
      headers: { 'upload-offset': String(offset), 'content-type': OFFSET },
      body,
    })
    assert.equal(await ask('HEAD', path), '200')
    assert.equal(await ask('PATCH', path, bytes(0, 'he')), '204')
    assert.equal(await ask('PATCH', path, bytes(0, 'he')), '409 upload_elsewhere')
    assert.equal(await ask('PATCH', path, bytes(2, 'llo and more')), '413 payload_too_large')
    assert.equal(await ask('DELETE', path), '204')
    assert.equal(await ask('DELETE', path), '404 not_found')
    assert.equal(await ask('HEAD', path), '404')
  })

  it('what an upload is refused for', async () => {
    const path = `/v1/uploads/${await begun(5)}`
    const offset = { 'upload-offset': '0' }
    assert.equal(await ask('POST', '/v1/uploads'), '400 invalid_request')
    const version = { 'tus-resumable': '0.2.2', 'upload-length': '1' }
    assert.equal(await ask('POST', '/v1/uploads', { headers: version }), '412 precondition_failed')
    assert.equal(
      await ask('POST', '/v1/uploads', { headers: { 'upload-length': '99999999999' } }),
      '413 payload_too_large',
    )
    const json = { ...offset, 'content-type': 'application/json' }
    assert.equal(await ask('PATCH', path, { headers: json, body: '{}' }), '415 unsupported_media_type')
    const nobody = new NativeHttp(server.url)
    for (const [method, where] of [
      ['POST', '/v1/uploads'],
      ['HEAD', path],
      ['PATCH', path],
      ['DELETE', path],
    ] as const)
      assert.match(await told(method, where, tus(nobody, method, where)), /^401/)
  })

  it('a file, its parts, and who may not read it', async () => {
    const id = await begun(5)
    const headers = { 'upload-offset': '0', 'content-type': OFFSET }
    await tus(ann, 'PATCH', `/v1/uploads/${id}`, { headers, body: 'hello' })
    const path = `/v1/files/${id}`
    const read = (more: Record<string, string> = {}, who = ann) => told('GET', path, file(who, id, more))
    assert.equal(await read(), '200')
    assert.equal(await read({ range: 'bytes=1-2' }), '206')
    assert.equal(await read({ range: 'bytes=9-' }), '416 range_not_satisfiable')
    const etag = (await file(ann, id)).headers.get('etag') ?? ''
    assert.equal(await read({ 'if-none-match': etag }), '304')
    assert.equal(await read({}, await NativeHttp.register(server.url, unique('bob'))), '404 not_found')
    assert.equal(await read({}, new NativeHttp(server.url)), '401 not_authorized')
  })
})

it('every success that the document has was seen', () => {
  const documented = Object.values(TRANSFERS).flatMap(({ method, path, answers }) =>
    Object.keys(answers).map((status) => `${method} ${path} ${status}`),
  )
  assert.deepEqual(
    documented.filter((one) => !seen.has(one)),
    [],
  )
})
