import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { startBlock } from '../../src/cli/start-block.ts'
import { NativeHttp } from '../support/native-http.ts'
import { newSchema } from '../support/postgres.ts'
import { startParlance } from '../support/server.ts'
import { file, OFFSET, tus } from '../support/uploads.ts'

it('nodes that share a folder: an upload begun at one goes on at the other, and is read at both', async (t) => {
  const { url, drop } = await newSchema()
  const folder = await mkdtemp(join(tmpdir(), 'parlance-shared-'))
  const settings = { DATABASE_URL: url, FILES_DIR: folder, PEER: 'true' }
  const [a, b] = [await startParlance(settings), await startParlance(settings)]
  t.after(async () => {
    await Promise.all([a.close(), b.close()])
    await drop()
    await rm(folder, { recursive: true })
  })
  const [ann, bob] = await NativeHttp.people(a.url, 'ann', 'bob')
  const [annAtB, bobAtB] = [ann, bob].map(({ token, id }) => new NativeHttp(b.url, { token, id }))
  assert.ok(annAtB && bobAtB)
  assert.match(startBlock(a.config, a, []), new RegExp(`^ {2}files +in ${folder}: all nodes must share`, 'm'))
  const bytes = Uint8Array.from(randomBytes(200_000))
  const begun = await tus(ann, 'POST', '/v1/uploads', { headers: { 'upload-length': `${bytes.length}` } })
  const path = begun.headers.get('location') ?? ''
  const append = (by: NativeHttp, from: number, to: number) =>
    tus(by, 'PATCH', path, {
      headers: { 'upload-offset': `${from}`, 'content-type': OFFSET },
      body: bytes.slice(from, to),
    })
  assert.equal((await append(ann, 0, 70_000)).status, 204)
  assert.equal((await tus(annAtB, 'HEAD', path)).headers.get('upload-offset'), '70000')
  assert.equal((await append(annAtB, 70_000, 150_000)).status, 204)
  // The first node stands where the second has left it.
  assert.equal((await append(ann, 70_000, 80_000)).status, 409)
  assert.equal((await append(ann, 150_000, bytes.length)).status, 204)
  const id = path.split('/').at(-1) ?? ''
  const group = await ann.group(bob)
  await ann.ok('sendMessage', {
    params: { c: group.id },
    body: { clientId: randomUUID(), body: '', attachments: [id] },
  })
  for (const reader of [bob, bobAtB]) {
    const response = await file(reader, id)
    assert.ok(Buffer.from(await response.arrayBuffer()).equals(bytes))
  }
  const { items } = await bobAtB.ok('signFiles', { body: { files: [id] } })
  const signed = new URL(items[0]?.url ?? '', b.url)
  assert.equal((await fetch(new URL(signed.pathname + signed.search, a.url))).status, 200)
})
