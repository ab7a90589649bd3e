import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { DIALECT_NAMES } from '../../src/dialects/index.ts'
import type { Place } from '../support/clients/index.ts'
import { MESSAGE_REFUSED, refusalOf } from './refusals.ts'
import {
  assertUnknownInChannels,
  assertUnknownInChatapp,
  assertUnknownInMessenger,
  assertUnknownInNative,
} from './unknown.ts'
import { addressing, type Participant, World } from './world.ts'

// Ann has blocked Ben: he cannot find her, and his messages to their private conversation are refused, in the words
// of the dialect that he tries.

let world: World
let ann: Participant
let ben: Participant
let place: Place
before(async () => {
  world = await World.start()
  ;[ann, ben] = await Promise.all([world.join('ann'), world.join('ben')])
  place = await world.open(ben, 'messenger', { kind: 'private', others: [ann] })
  await world.server.chat.contacts.block(ann.account.accountId, ben.account.accountId)
})
after(() => world[Symbol.asyncDispose]())

describe('into the private conversation of the two', () => {
  for (const dialect of DIALECT_NAMES) {
    test(`${dialect}: a message of the blocked is refused, and nobody is shown it`, async () => {
      assert.deepEqual(await refusalOf(ben[dialect].send(place, 'let us talk')), MESSAGE_REFUSED[dialect])
      assert.deepEqual(await ann[dialect].history(place), await ben[dialect].history(place))
      assert.ok((await ben[dialect].history(place)).every(({ text }) => text !== 'let us talk'))
    })

    test(`${dialect}: the one who blocked may still speak`, async () => {
      await ann[dialect].send(place, `goodbye, ${dialect}`)
      assert.equal((await ben[dialect].history(place)).at(-1)?.text, `goodbye, ${dialect}`)
    })
  }
})

describe('to the blocked, the blocker cannot be found', () => {
  test('chatapp: neither as a contact nor as a member', () => assertUnknownInChatapp(ben, ann.username))

  test('messenger: neither for a private chat, though there is one, nor for a group', () =>
    assertUnknownInMessenger(ben, ann.account.accountId))

  test('native: neither for a private conversation, though there is one, nor for a group', () =>
    assertUnknownInNative(ben, ann.account.accountId))

  test('channels: neither for a chat nor in the list of users', async () => {
    await assertUnknownInChannels(ben, ann.channels.id)
    const idsFor = async (who: Participant) =>
      ((await who.channels.ask('/api/users')).body as readonly { id: number }[]).map(({ id }) => id)
    assert.deepEqual(await idsFor(ben), [ben.channels.id])
    assert.deepEqual((await idsFor(ann)).toSorted(), [ann.channels.id, ben.channels.id].toSorted())
  })
})

test('the blocker can find the blocked', async () => {
  const { username } = ben
  const added = await ann.chatapp.ask({ type: 'add_contact', contact_username: username })
  assert.equal(added.success, true)
  const again = await ann.messenger.api.post<{ details: { code: string } }>('/chat/private/create', {
    with_user_id: ben.account.accountId,
  })
  assert.deepEqual([again.status, again.body.details.code], [403, 'CHAT_EXISTS'])
})

test('in a group and in the open both still talk to everyone', async () => {
  const cat = await world.join('cat')
  const group = await world.open(cat, 'chatapp', { kind: 'group', others: [ann, ben] })
  const open = await world.open(cat, 'groups', { kind: 'open', others: [ann, ben], name: 'the square' })
  for (const there of [group, open]) {
    for (const dialect of addressing(there.kind)) {
      await ben[dialect].send(there, `hello, ${dialect}`)
      assert.equal((await ann[dialect].history(there)).at(-1)?.text, `hello, ${dialect}`)
    }
  }
})

test('after unblocking the blocked is heard again, in every dialect', async () => {
  const [dan, eve] = await Promise.all([world.join('dan'), world.join('eve')])
  const theirs = await world.open(dan, 'channels', { kind: 'private', others: [eve] })
  const { contacts } = world.server.chat
  await contacts.block(dan.account.accountId, eve.account.accountId)
  await contacts.unblock(dan.account.accountId, eve.account.accountId)
  for (const dialect of DIALECT_NAMES) {
    await eve[dialect].send(theirs, `back, ${dialect}`)
    assert.equal((await dan[dialect].history(theirs)).at(-1)?.text, `back, ${dialect}`)
  }
})
