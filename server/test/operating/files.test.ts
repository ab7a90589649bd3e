import assert from 'node:assert/strict'
import { existsSync, globSync } from 'node:fs'
import { appendFile, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parlance, refuses } from '../support/command.ts'
import { NativeHttp } from '../support/native-http.ts'
import { startParlance } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { upload } from '../support/uploads.ts'

const TEXT = 'what a person has sent '.repeat(10_000)

/** The contents in a folder of files. */
const contentsIn = (folder: string): readonly string[] => globSync(join(folder, 'contents/*/*'))

/** A database with a message that has a file, and one that nobody has attached. */
async function withFiles(t: TestContext) {
  const file = join(await tempDir(t), 'parlance.db')
  const server = await startParlance({ DBPATH: file })
  const ann = await NativeHttp.register(server.url, 'ann')
  const id = await upload(ann, TEXT, { name: 'long.txt' })
  await upload(ann, 'never attached', { name: 'other.txt' })
  const { id: c } = await ann.ok('createConversation', { body: { kind: 'open', name: 'files' } })
  await ann.ok('sendMessage', { params: { c }, body: { clientId: 'one', body: 'see', attachments: [id] } })
  await server.close()
  return { file, token: ann.token, id }
}

async function backedUp(t: TestContext, file: string): Promise<{ copy: string; told: string }> {
  const copy = join(await tempDir(t), 'copy')
  const { code, stderr } = await parlance(t, 'backup', copy, '--dbpath', file)
  assert.equal(code, 0, stderr)
  return { copy, told: stderr }
}

test('files of a back-up that is restored are served to the same people', async (t) => {
  const { file, token, id } = await withFiles(t)
  const { copy, told } = await backedUp(t, file)
  assert.match(told, /2 contents/)
  assert.equal(contentsIn(join(copy, 'files')).length, 2)
  const to = join(await tempDir(t), 'new', 'place.db')
  const { code, stderr } = await parlance(t, 'restore', copy, '--dbpath', to)
  assert.equal(code, 0, stderr)
  const server = await startParlance({ DBPATH: to })
  t.after(() => server.close())
  const answer = await fetch(`${server.url}/v1/files/${id}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(answer.status, 200)
  assert.equal(await answer.text(), TEXT)
})

test('a content that is not what its name says is in no back-up, and is not restored', async (t) => {
  const { file } = await withFiles(t)
  const { copy } = await backedUp(t, file)
  const place = join(await tempDir(t), 'place.db')
  const [kept = ''] = contentsIn(join(copy, 'files'))
  await appendFile(kept, 'x')
  await refuses(t, /not what its name says/, 'restore', copy, '--dbpath', place)
  assert.ok(!existsSync(place))
  const [original = ''] = contentsIn(join(dirname(file), 'files'))
  await appendFile(original, 'x')
  const next = join(await tempDir(t), 'next')
  await refuses(t, /not what its name says/, 'backup', next, '--dbpath', file)
  assert.ok(!existsSync(next))
})

test('a content that is gone is told at the back-up, and missed at a restore', async (t) => {
  const { file } = await withFiles(t)
  const { copy } = await backedUp(t, file)
  const [original = ''] = contentsIn(join(dirname(file), 'files'))
  await rm(original)
  const { told } = await backedUp(t, file)
  assert.match(told, /1 contents are not in/)
  const [kept = ''] = contentsIn(join(copy, 'files'))
  await rm(kept)
  const place = join(await tempDir(t), 'place.db')
  await refuses(t, /holds 1 of the 2 contents/, 'restore', copy, '--dbpath', place)
  assert.ok(!existsSync(place))
  assert.ok((await readFile(join(copy, 'manifest.json'), 'utf8')).includes('"uploads"'))
})
