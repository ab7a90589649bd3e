import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Chat, IDLE_MICROS, type StoredFile } from '../../src/core/chat.ts'
import { openFolder } from '../../src/files/folder/index.ts'
import { chatWith } from '../support/chat.ts'
import { tempDir } from '../support/temp-dir.ts'

async function world(t: TestContext) {
  const { store, bus, clock, people } = await chatWith(t, 'ann')
  const files = openFolder(join(await tempDir(t), 'files'))
  const chat = new Chat({ store, bus, clock, files, maxMessageBytes: 100 })
  const { accountId } = people.ann
  const upload = async (text: string): Promise<StoredFile> => {
    const begun = await chat.uploads.begin(accountId, { name: 'a', type: undefined, size: text.length })
    assert.ok(begun)
    async function* bytes() {
      yield Buffer.from(text)
    }
    const appended = await chat.uploads.append({ accountId, fileId: begun.fileId, offset: 0 }, bytes())
    assert.ok(appended.kind === 'appended')
    return appended.file
  }
  const isKept = ({ sha256 }: StoredFile) => files.has(sha256 ?? '')
  return { chat, clock, files, store, accountId, ann: people.ann, upload, isKept }
}

test('removes what hangs on no message for a day, and its bytes if nothing else has them', async (t) => {
  const { chat, clock, upload, isKept, ann } = await world(t)
  const [lone, shared, sent] = [await upload('lone'), await upload('same'), await upload('same')]
  const { conversation } = await chat.conversations.createOpen(ann.accountId, null)
  const standing = await chat.conversations.enter(ann, conversation)
  await chat.messages.send(ann, standing, { body: '', clientId: 'c', native: { files: [sent.fileId] } })
  await chat.fileRemovals.run()
  assert.deepEqual([await isKept(lone), await isKept(shared)], [true, true])
  clock.advance(IDLE_MICROS)
  const young = await upload('young')
  await chat.fileRemovals.run()
  assert.deepEqual([await isKept(lone), await isKept(shared), await isKept(young)], [false, true, true])
  assert.equal(await chat.downloads.find(ann.accountId, shared.fileId), undefined)
  assert.notEqual(await chat.downloads.find(ann.accountId, sent.fileId), undefined)
})

test('removes the bytes with the message, and goes on where a crash has left it', async (t) => {
  const { chat, upload, isKept, ann, files, store } = await world(t)
  const sent = await upload('sent')
  const { conversation } = await chat.conversations.createOpen(ann.accountId, null)
  const standing = await chat.conversations.enter(ann, conversation)
  const native = { files: [sent.fileId] }
  const message = await chat.messages.send(ann, standing, { body: '', clientId: 'c', native })
  await chat.messages.delete(ann.accountId, message.messageId)
  // The bytes have gone, and the row is still there.
  await files.remove(sent.sha256 ?? '', async () => false)
  await chat.fileRemovals.run()
  assert.deepEqual([await isKept(sent), await store.files.listRemoved(9)], [false, []])
})

test('an upload that a crash has left without its content is completed when it is asked for', async (t) => {
  const { chat, accountId, files, store, clock } = await world(t)
  const begun = await chat.uploads.begin(accountId, { name: 'a', type: undefined, size: 4 })
  assert.ok(begun)
  const { fileId } = begun
  const writer = await files.write(fileId, 0)
  await writer.write(Buffer.from('left'))
  await writer.sync()
  await writer.close()
  await store.files.advance({ fileId, from: 0, to: 4, at: clock.nowMicros() })
  assert.equal(await chat.downloads.find(accountId, fileId), undefined)
  await chat.uploads.find(accountId, fileId)
  assert.notEqual(await chat.downloads.find(accountId, fileId), undefined)
})
