import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { after, it } from 'node:test'
import { HOLDS } from '../../src/transport/index.ts'
import { NativeHttp } from '../support/native-http.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'
import { file, OFFSET, tus, upload } from '../support/uploads.ts'

const server = await startParlance({ PARLANCE_RATE_LIMITS: 'on' })
after(() => server.close())
const { url } = server
const MEBIBYTE = 1_024 * 1_024

/** A connection that asks, and reads no more than the head of its answer. */
async function ask({ token }: NativeHttp, lines: string): Promise<{ socket: Socket; status: string }> {
  const socket = connect(server.port, server.host).setEncoding('latin1')
  socket.on('error', () => undefined)
  socket.write(lines.replace('\n', `\nHost: x\nAuthorization: Bearer ${token}\n`).replaceAll('\n', '\r\n'))
  const { promise, resolve } = Promise.withResolvers<string>()
  socket.once('data', (text: string) => {
    socket.pause()
    resolve(text.slice(9, 12))
  })
  return { socket, status: await promise }
}

it('an account, and an address, reads so many files at a time, and one more when another has ended', async () => {
  const people = await NativeHttp.people(url, 'ann', 'bob', 'cy')
  const [ann, bob, cy] = people
  const ids = new Map<NativeHttp, string>()
  for (const one of people) ids.set(one, await upload(one, Buffer.alloc(16 * MEBIBYTE)))
  const read = (by: NativeHttp) => ask(by, `GET /v1/files/${ids.get(by)} HTTP/1.1\n\n`)
  const open: { socket: Socket; status: string }[] = []
  try {
    for (let n = 0; n < HOLDS.download; n += 1) open.push(await read(ann))
    assert.deepEqual(new Set(open.map(({ status }) => status)), new Set(['200']))
    const refused = await file(ann, ids.get(ann) ?? '')
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '1'])
    for (let n = HOLDS.download; n < HOLDS.downloadFrom; n += 1) open.push(await read(bob))
    assert.equal((await file(cy, ids.get(cy) ?? '')).status, 429)
    assert.equal(
      (await fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${cy.token}` } })).status,
      200,
    )
    open[0]?.socket.destroy()
    await until('a place', async () => {
      const { status, body } = await file(ann, ids.get(ann) ?? '')
      await body?.cancel()
      return status === 200
    })
  } finally {
    for (const { socket } of open) socket.destroy()
  }
})

it('an account sends bytes of so many uploads at a time', async () => {
  const [ann, bob] = await NativeHttp.people(url, 'ann', 'bob')
  const begin = async (by: NativeHttp) =>
    (await tus(by, 'POST', '/v1/uploads', { headers: { 'upload-length': '9' } })).headers.get('location') ??
    ''
  const append = (by: NativeHttp, path: string, offset = 0) =>
    tus(by, 'PATCH', path, { headers: { 'upload-offset': `${offset}`, 'content-type': OFFSET }, body: 'x' })
  const open: Socket[] = []
  try {
    for (let n = 0; n < HOLDS.upload; n += 1) {
      const path = await begin(ann)
      const socket = connect(server.port, server.host)
      open.push(socket)
      socket.write(
        `PATCH ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann.token}\r\nTus-Resumable: 1.0.0\r\n` +
          `Upload-Offset: 0\r\nContent-Type: ${OFFSET}\r\nContent-Length: 9\r\n\r\n`,
      )
      await until('it is taken', async () => [423, 429].includes((await append(ann, path, 5)).status))
    }
    const path = await begin(ann)
    assert.equal((await append(ann, path)).status, 429)
    assert.equal((await append(bob, await begin(bob))).status, 204)
    open[0]?.destroy()
    await until('a place', async () => (await append(ann, path)).status === 204)
  } finally {
    for (const socket of open) socket.destroy()
  }
})

it('a large file that comes in one request counts for what waits of it, and not for all that came', async () => {
  const [ann] = await NativeHttp.people(url, 'ann')
  // By hand: clients of tus send again what was cut off.
  const body = new Uint8Array(80 * MEBIBYTE).fill(7)
  const begun = await tus(ann, 'POST', '/v1/uploads', { headers: { 'upload-length': `${body.length}` } })
  const headers = { 'upload-offset': '0', 'content-type': OFFSET }
  const { status, headers: told } = await tus(ann, 'PATCH', begun.headers.get('location') ?? '', {
    headers,
    body,
  })
  assert.deepEqual([status, told.get('upload-offset')], [204, String(body.length)])
})
