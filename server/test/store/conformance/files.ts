import assert from 'node:assert/strict'
import { type Account, type Conversation, type FileId, toFileId } from '../../../src/core/types.ts'
import { newUuid } from '../../../src/lib/ids.ts'
import { LEAST_FILE_BYTES } from '../../../src/store/store.ts'
import { present, type Rule, refuses, series, type World } from '../world.ts'

const sendWith = (
  world: World,
  to: Conversation,
  by: Account,
  files: readonly FileId[],
  clientId = newUuid(),
) =>
  world.send(to, by, 'see', {
    clientId,
    extras: { format: 'plain', thread: null, replyToSeq: null, mentions: [], files },
  })

const begin = (world: World, { accountId }: Account, size: number, quota: number) => {
  const fileId = toFileId(newUuid())
  const file = { fileId, accountId, name: 'n', type: 't/t', size, quota, at: world.now() }
  return world.store.files.begin(file)
}

export function fileRules(rule: Rule): void {
  rule('notes how much of a file has come, from where its caller has seen it', async (world) => {
    const [ann] = await world.accounts('ann')
    const { files } = world.store
    const fileId = toFileId(newUuid())
    const file = { fileId, accountId: ann.accountId, name: 'ä\u2028.txt', type: 'text/plain', size: 5 }
    const at = world.now()
    assert.equal(await files.begin({ ...file, at, quota: 1_000_000 }), true)
    assert.deepEqual(await files.find(fileId), {
      ...{
        ...file,
        received: 0,
        sha256: null,
        width: null,
        height: null,
        createdAt: at,
        touchedAt: at,
        place: null,
      },
    })
    const content = { fileId, sha256: 'digest', type: 'image/png', width: 3, height: 4 }
    assert.equal(await files.complete({ ...content, at: world.now() }), false, 'not all has come')
    assert.equal(await files.advance({ fileId, from: 0, to: 3, at: world.now() }), true)
    assert.equal(await files.advance({ fileId, from: 0, to: 5, at: world.now() }), false)
    const both = [5, 4].map((to) => files.advance({ fileId, from: 3, to, at: world.now() }))
    assert.deepEqual(await Promise.all(both), [true, false])
    const touchedAt = world.now()
    assert.equal(await files.complete({ ...content, at: touchedAt }), true)
    assert.equal(await files.complete({ ...content, sha256: 'other', at: world.now() }), false)
    assert.equal(await files.advance({ fileId, from: 5, to: 6, at: world.now() }), false)
    const { at: _, ...facts } = { ...content, at }
    assert.deepEqual(await files.find(fileId), {
      ...{ ...file, ...facts, received: 5, createdAt: at, touchedAt, place: null },
    })
    assert.deepEqual([await files.isUsed('digest'), await files.isUsed('other')], [true, false])
  })

  rule('keeps the files of an account within its quota, and counts small ones for more', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const quota = 3 * LEAST_FILE_BYTES
    assert.equal(await begin(world, ann, quota + 1, quota), false)
    const first = await world.file(ann, { quota })
    assert.equal(await begin(world, ann, 2 * LEAST_FILE_BYTES + 1, quota), false)
    const two = await Promise.all(series(3).map(() => begin(world, ann, 1, quota)))
    assert.deepEqual(two, [true, true, false])
    assert.equal(await begin(world, bob, 1, quota), true)
    await world.store.files.remove({ fileId: first, accountId: ann.accountId, at: world.now() })
    assert.equal(await begin(world, ann, 1, quota), true)
    await world.disable(bob)
    await refuses(begin(world, bob, 1, quota), 'unknown_account')
  })

  rule('takes no more of an upload whose account is disabled', async (world) => {
    const [ann] = await world.accounts('ann')
    const { files } = world.store
    const fileId = toFileId(newUuid())
    const file = { fileId, accountId: ann.accountId, name: 'n', type: 't/t', size: 5 }
    await files.begin({ ...file, at: world.now(), quota: 1_000_000 })
    assert.equal(await files.advance({ fileId, from: 0, to: 3, at: world.now() }), true)
    await world.disable(ann)
    assert.equal(await files.advance({ fileId, from: 3, to: 5, at: world.now() }), false)
    await world.store.accounts.enable(ann.accountId)
    assert.equal(await files.advance({ fileId, from: 3, to: 5, at: world.now() }), true)
  })

  rule('shows the files of a message wherever it shows the message, in their order', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const [one, two] = [await world.file(ann, { width: 3, height: 4 }), await world.file(ann, { name: 'ä' })]
    const { message, isNew } = await sendWith(world, group, ann, [two, one], 'c')
    const attachments = [
      { fileId: two, name: 'ä', type: 'text/plain', size: 1, width: null, height: null },
      { fileId: one, name: 'a.txt', type: 'text/plain', size: 1, width: 3, height: 4 },
    ]
    assert.deepEqual([message.attachments, isNew], [attachments, true])
    const { store } = world
    const { conversationId } = group
    const again = await sendWith(world, group, ann, [two, one], 'c')
    assert.deepEqual([again.isNew, again.message.attachments], [false, attachments])
    const [change] = await store.changes.since(conversationId, 1, 9)
    const [last] = await store.conversations.list(ann.accountId, { before: world.now(), limit: 9 })
    const [own] = await store.memberships.list(ann.accountId, { isArchived: false, after: null, limit: 9 })
    const shown = [
      await world.details(message),
      await store.messages.find(message.messageId),
      (await store.messages.list({ conversationId, limit: 9 }))[0],
      (await store.messages.list({ conversationId, after: 0, limit: 9 }))[0],
      (await store.messages.listPlaces(conversationId, { first: 1, last: 1 }))[0],
      change?.kind === 'sent' ? change.message : undefined,
      last?.lastMessage,
      own?.lastMessage,
      (await world.edit(message, ann, 'edited')).message,
    ]
    for (const each of shown) assert.deepEqual(each?.attachments, attachments)
    assert.deepEqual(present(await store.files.find(one)).place, { conversationId, seq: 1 })
    const plain = await world.send(group, ann, 'plain')
    assert.equal('attachments' in plain.message, false)
    assert.equal('attachments' in (await world.details(plain.message)), false)
  })

  rule("takes only the sender's own complete files, each for one message", async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(ann, bob)
    const [free, other] = [await world.file(ann), await world.file(bob)]
    const half = toFileId(newUuid())
    await world.store.files.begin({
      ...{ fileId: half, accountId: ann.accountId, name: 'n', type: 't', size: 1, quota: 1_000_000 },
      at: world.now(),
    })
    for (const wrong of [other, half, toFileId('absent')])
      await refuses(sendWith(world, group, ann, [free, wrong]), 'unknown_file', { fileId: wrong })
    await refuses(sendWith(world, group, ann, [free, free]), 'unknown_file')
    assert.equal(present(await world.store.files.find(free)).place, null)
    assert.equal((await world.conversation(group)).lastSeq, 0)
    const sent = await Promise.allSettled(series(2).map(() => sendWith(world, group, ann, [free])))
    assert.deepEqual(sent.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    const removal = { fileId: free, accountId: ann.accountId, at: world.now() }
    assert.equal(await world.store.files.remove(removal), false, 'it hangs on a message')
  })

  rule('refuses a send with files as any other', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const group = await world.group(bob)
    const file = await world.file(ann)
    await refuses(sendWith(world, group, ann, [file]), 'not_a_member')
    const own = await world.group(ann)
    await sendWith(world, own, ann, [file], 'used')
    const other = await world.group(ann)
    await refuses(sendWith(world, other, ann, [await world.file(ann)], 'used'), 'conflict')
  })

  rule(
    'lets members of its conversation and its uploader read a file, until the message goes',
    async (world) => {
      const [ann, bob, cy] = await world.accounts('ann', 'bob', 'cy')
      const group = await world.group(ann, bob)
      const file = await world.file(ann)
      const { files } = world.store
      const readers = () => Promise.all([ann, bob, cy].map(({ accountId }) => files.mayRead(accountId, file)))
      assert.deepEqual(await readers(), [true, false, false])
      const { message } = await sendWith(world, group, ann, [file])
      assert.deepEqual(await readers(), [true, true, false])
      await world.leave(group, bob)
      assert.deepEqual(await readers(), [true, false, false])
      await world.join(group, bob, ann)
      await world.delete(message.messageId, ann)
      assert.deepEqual(await readers(), [false, false, false])
      assert.equal(await files.find(file), undefined)
      assert.equal('attachments' in (await world.details(message)), false)
      assert.deepEqual(
        (await files.listRemoved(9)).map(({ fileId }) => fileId),
        [file],
      )
    },
  )

  rule('removes what hangs on no message and was long left alone, some at a time', async (world) => {
    const [ann] = await world.accounts('ann')
    const group = await world.group(ann)
    const { files } = world.store
    const [held, old, older] = [
      await world.file(ann),
      await world.file(ann),
      await world.file(ann, { sha256: 'x' }),
    ]
    const same = await world.file(ann, { sha256: 'x' })
    await sendWith(world, group, ann, [held])
    const since = present(await files.find(older)).touchedAt + 1
    const young = await world.file(ann)
    const removeIdle = () => files.removeIdle({ since, at: world.now(), limit: 1 })
    assert.deepEqual([await removeIdle(), await removeIdle(), await removeIdle()], [1, 1, 0])
    const left = await Promise.all([held, old, older, same, young].map((id) => files.find(id)))
    assert.deepEqual(
      left.map((file) => file !== undefined),
      [true, false, false, true, true],
    )
    assert.deepEqual(
      (await files.listRemoved(9)).map(({ fileId }) => fileId),
      [old, older],
    )
    assert.equal((await files.listRemoved(1)).length, 1)
    assert.equal(await files.isUsed('x'), true)
    await files.forget({ fileIds: [old, older, young] })
    assert.deepEqual(await files.listRemoved(9), [])
    assert.notEqual(await files.find(young), undefined, 'it was not removed')
  })

  rule("lists an account's own complete files by their ids", async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const own = [await world.file(ann), await world.file(ann), await world.file(ann)].sort()
    await world.file(bob)
    await begin(world, ann, 1, 1_000_000)
    const { files } = world.store
    const first = await files.listOwn(ann.accountId, '', 2)
    const rest = await files.listOwn(ann.accountId, first.at(-1)?.fileId ?? '', 2)
    assert.deepEqual(
      [...first, ...rest].map(({ fileId }) => fileId),
      own,
    )
  })
}
