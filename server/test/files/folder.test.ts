import assert from 'node:assert/strict'
import { readdir, readFile, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { ChatError, type ChatErrorCode, toFileId } from '../../src/core/chat.ts'
import { openFolder } from '../../src/files/folder/index.ts'
import { fillDisk, mountSmallDisk, smallDisksAreMissing, unmountSmallDisk } from '../support/small-disk.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { digestOf, filesConformance, put, textOf } from './conformance.ts'

filesConformance('a folder', async (t) => openFolder(join(await tempDir(t), 'files')))

const ONE = toFileId('one')
const refuses = (work: Promise<unknown>, code: ChatErrorCode) =>
  assert.rejects(work, (error: unknown) => error instanceof ChatError && error.code === code)

test('makes its folder with the first upload, for its owner only', async (t) => {
  const folder = join(await tempDir(t), 'data', 'files')
  const files = openFolder(folder)
  await assert.rejects(stat(folder))
  const sha256 = await put(files)
  for (const each of [folder, join(folder, 'contents', sha256.slice(0, 2))])
    assert.equal((await stat(each)).mode & 0o77, 0)
  assert.equal((await stat(join(folder, 'contents', sha256.slice(0, 2), sha256))).mode & 0o77, 0)
})

test('names nothing after what a client has sent', async (t) => {
  const files = openFolder(join(await tempDir(t), 'files'))
  for (const id of ['..', 'a/b', '', '../contents/x', 'a\0b'])
    await assert.rejects(files.write(toFileId(id), 0), /no id/)
  await assert.rejects(files.read('../uploads/one'), /no digest/)
})

test('refuses more open files than its bound, and takes them again when one is closed', async (t) => {
  const files = openFolder(join(await tempDir(t), 'files'), { bounds: { uploads: 1, reads: 1 } })
  const sha256 = await put(files)
  const writer = await files.write(ONE, 0)
  await refuses(files.write(toFileId('two'), 0), 'busy')
  await writer.close()
  await (await files.write(toFileId('two'), 0)).close()
  const stream = await files.read(sha256)
  await refuses(files.read(sha256), 'busy')
  stream?.destroy()
  await until(
    'one may be read again',
    async () => (await textOf(files, sha256).catch(() => undefined)) === 'content',
  )
  const read = await files.read(sha256)
  if (read) await buffer(read)
  await until(
    'one may be read again',
    async () => (await textOf(files, sha256).catch(() => undefined)) === 'content',
  )
})

test('leaves a twentieth of the disk free', async (t) => {
  const space = async () => ({ free: 60, total: 1_000 })
  const files = openFolder(join(await tempDir(t), 'files'), { space })
  assert.deepEqual([await files.hasRoomFor(10), await files.hasRoomFor(11)], [true, false])
})

test('forgets what crashes have left, when it is a day old', async (t) => {
  const folder = join(await tempDir(t), 'files')
  const files = openFolder(folder)
  const sha256 = await put(files)
  const content = join(folder, 'contents', sha256.slice(0, 2), sha256)
  const nothing = { isUsed: async () => false, isAwaited: async () => false }
  // A round over all shelves.
  for (const _ of Array(256)) await files.settle(nothing)
  assert.deepEqual([await files.has(sha256), await readdir(join(folder, 'uploads'))], [true, ['one']])
  const long = new Date(Date.now() - 25 * 3600 * 1000)
  for (const each of [content, join(folder, 'uploads', 'one')]) await utimes(each, long, long)
  for (const _ of Array(256)) await files.settle({ isUsed: async () => true, isAwaited: async () => true })
  assert.deepEqual([await files.has(sha256), await readdir(join(folder, 'uploads'))], [true, ['one']])
  for (const _ of Array(256)) await files.settle(nothing)
  assert.deepEqual([await files.has(sha256), await readdir(join(folder, 'uploads'))], [false, []])
})

test('a full disk refuses, and leaves no content that is not whole', {
  skip: smallDisksAreMissing(),
}, async (t) => {
  const disk = mountSmallDisk(2_048)
  assert.ok(disk)
  t.after(() => unmountSmallDisk(disk))
  const files = openFolder(join(disk, 'files'))
  const bytes = Buffer.alloc(900_000, 'x')
  const writer = await files.write(ONE, 0)
  await writer.write(bytes)
  await writer.sync()
  await writer.close()
  fillDisk(disk)
  await refuses(files.seal(ONE), 'unavailable')
  assert.equal(await files.has(digestOf(bytes)), false)
  assert.deepEqual(await readdir(join(disk, 'files', 'making')), [])
  const more = await files.write(ONE, bytes.length)
  await refuses(more.write(bytes), 'unavailable')
  await more.close()
  assert.equal(
    (await readFile(join(disk, 'files', 'uploads', 'one'))).subarray(0, 900_000).equals(bytes),
    true,
  )
})
