import assert from 'node:assert/strict'
import { type Account, toFileId } from '../../../src/core/types.ts'
import { newUuid } from '../../../src/lib/ids.ts'
import type { AccountToRemove } from '../../../src/store/store.ts'
import { present, type Rule, refuses, type World } from '../world.ts'

async function remove(world: World, { accountId }: Account, facts: Partial<AccountToRemove> = {}) {
  const { removals } = world.store
  const bonds = await removals.bondsOf(accountId)
  const plain = {
    ...bonds,
    accountId,
    uuid: newUuid(),
    old: 'hash',
    removesMessages: false,
    leavesNotices: false,
  }
  return removals.remove({ ...plain, at: world.now(), ...facts })
}

export function removalRules(rule: Rule): void {
  rule('leaves of a removed account its id alone, which nobody can log in as or find', async (world) => {
    const { accounts } = world.store
    const ann = await world.account('ann', { email: 'ann@example.org' })
    await accounts.setProfile({ accountId: ann.accountId, bio: 'fox', at: world.now() })
    await accounts.setSettings(ann.accountId, '{}')
    await world.session(ann, 'digest')
    await accounts.setAdmin(ann.accountId, true)
    const { credentialsSince } = await remove(world, ann)
    const left = present(await accounts.find(ann.accountId))
    const name = `deleted-${ann.accountId}`
    assert.deepEqual([left.username, left.displayName, left.email, left.bio], [name, name, null, null])
    assert.deepEqual([left.isDisabled, left.isGuest, left.passwordHash], [true, false, null])
    assert.equal(left.isAdmin, false)
    await refuses(accounts.setAdmin(ann.accountId, true), 'unknown_account')
    assert.deepEqual([left.credentialsSince, left.uuid === ann.uuid], [credentialsSince, false])
    assert.equal(await world.store.sessions.find('rooms', 'digest'), undefined)
    assert.equal(await accounts.findSettings(ann.accountId), null)
    assert.equal(await accounts.findByUsername('ann'), undefined)
    assert.equal(await accounts.findByEmail('ann@example.org'), undefined)
    await accounts.enable(ann.accountId)
    assert.equal((await accounts.find(ann.accountId))?.isDisabled, true)
    const [, notice] = [0, await accounts.lastNotice()]
    assert.ok(notice > 0)
    await world.account('ann', { email: 'ann@example.org' })
  })

  rule('removes with an account the files that hang on no message', async (world) => {
    const { files } = world.store
    const ann = await world.account('ann')
    const group = await world.group(ann)
    const [free, sent, coming] = [await world.file(ann), await world.file(ann), toFileId(newUuid())]
    const draft = { format: 'plain', thread: null, replyToSeq: null, mentions: [], files: [sent] } as const
    await world.send(group, ann, 'see', { clientId: newUuid(), extras: draft })
    const file = { fileId: coming, accountId: ann.accountId, name: 'n', type: 't/t', size: 5 }
    await files.begin({ ...file, at: world.now(), quota: 1_000_000 })
    await remove(world, ann)
    const left = await Promise.all([free, sent, coming].map((fileId) => files.find(fileId)))
    assert.deepEqual(
      left.map((one) => one?.fileId),
      [undefined, sent, undefined],
    )
    assert.equal(await files.advance({ fileId: coming, from: 0, to: 5, at: world.now() }), false)
  })

  rule('takes another name for a removed account where its own is taken', async (world) => {
    const ann = await world.account('ann')
    await world.account(`Deleted-${ann.accountId}`)
    await remove(world, ann)
    const { username } = present(await world.store.accounts.find(ann.accountId))
    assert.match(username, new RegExp(`^deleted-${ann.accountId}-[0-9a-f]{8}$`))
  })

  rule(
    'ends the contacts and blocks of a removed account, and numbers them for the others',
    async (world) => {
      const [ann, bob, cy, dan] = await world.accounts('ann', 'bob', 'cy', 'dan')
      const { contacts } = world.store
      await contacts.add(ann.accountId, bob.accountId, world.now())
      await world.block(cy, ann)
      await world.block(ann, dan)
      const key = `${ann.accountId}`
      const { touched } = await remove(world, ann)
      assert.deepEqual(touched, [
        { accountId: bob.accountId, kind: 'contact', key, number: 2, isGone: true },
        { accountId: cy.accountId, kind: 'block', key, number: 2, isGone: true },
      ])
      assert.deepEqual(await contacts.list(bob.accountId), [])
      assert.deepEqual(await contacts.blockersOf(ann.accountId, [cy.accountId]), [])
      assert.deepEqual(await contacts.blockersOf(dan.accountId, [ann.accountId]), [])
    },
  )

  rule(
    'leaves notices of contacts and blockers where it is told to, and else of the account alone',
    async (world) => {
      const { accounts, contacts } = world.store
      const [ann, bob, cy, dan] = await world.accounts('ann', 'bob', 'cy', 'dan')
      for (const removed of [ann, dan]) await contacts.add(removed.accountId, bob.accountId, world.now())
      await world.block(cy, ann)
      const noticed = async (after: number) =>
        (await accounts.notices(after, 10)).map(({ accountId }) => accountId).toSorted((a, b) => a - b)
      await remove(world, ann, { leavesNotices: true })
      assert.deepEqual(await noticed(0), [ann.accountId, bob.accountId, cy.accountId])
      const last = await accounts.lastNotice()
      await remove(world, dan)
      assert.deepEqual(await noticed(last), [dan.accountId])
    },
  )

  rule(
    'refuses to remove an account with another password, or with other contacts than are known',
    async (world) => {
      const [ann, bob] = await world.accounts('ann', 'bob')
      await refuses(remove(world, ann, { old: 'other' }), 'wrong_credentials')
      await refuses(remove(world, ann, { contactIds: [bob.accountId] }), 'conflict')
      await world.block(bob, ann)
      await refuses(remove(world, ann, { blockerIds: [] }), 'conflict')
      assert.deepEqual((await world.store.accounts.find(ann.accountId))?.username, 'ann')
      await remove(world, ann)
      await refuses(remove(world, ann), 'wrong_credentials')
    },
  )

  rule('refuses what is sent or opened to a removed account alone, and nothing else', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const [chat, group] = [await world.private(ann, bob), await world.group(ann, bob)]
    await world.send(chat, bob, 'before')
    const { conversations } = world.store
    const isBlocked = async () =>
      (await conversations.standing(bob.accountId, chat.conversationId))?.isBlocked
    assert.equal(await isBlocked(), false)
    await remove(world, ann)
    assert.equal(await isBlocked(), true)
    await refuses(world.send(chat, bob, 'after'), 'message_refused')
    await world.send(group, bob, 'goes on')
    assert.deepEqual(await world.bodies(chat), ['before'])
  })

  rule('takes messages back for a removed account alone, wherever it once was a member', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const open = await world.open(bob)
    await world.join(open, ann)
    const [own] = [await world.send(open, ann, 'own'), await world.send(open, bob, 'another’s')]
    await world.leave(open, ann)
    const { removals } = world.store
    const { conversationId, seq } = own.message
    const takeBack = (place: number) =>
      removals.takeBack({ conversationId, seq: place, senderId: ann.accountId, at: world.now() })
    await refuses(takeBack(seq), 'unknown_message')
    await remove(world, ann, { removesMessages: true })
    const { places, upTo } = await removals.messagesAfter(ann.accountId, 0, 100)
    assert.deepEqual(places, [{ conversationId, seq }])
    const deleted = await takeBack(seq)
    const { lastChange } = await world.conversation(open)
    assert.deepEqual(deleted, { conversationId, messageId: own.message.messageId, seq, change: lastChange })
    await refuses(takeBack(seq), 'unknown_message')
    await refuses(takeBack(seq + 1), 'unknown_message')
    assert.deepEqual(await world.bodies(open), ['another’s'])
    const end = present(upTo)
    assert.deepEqual(await removals.messagesAfter(ann.accountId, end, 100), { places: [], upTo: null })
  })

  rule('keeps what is left to do of a removal until it is done', async (world) => {
    const [ann, bob] = await world.accounts('ann', 'bob')
    const { removals } = world.store
    const { accountId } = ann
    await remove(world, ann, { removesMessages: true })
    await remove(world, bob)
    await removals.note({ accountId, messageId: 7 })
    await removals.note({ accountId: bob.accountId, messageId: null })
    assert.deepEqual(await removals.pending(), [{ accountId, removesMessages: true, messageId: 7 }])
  })
}
