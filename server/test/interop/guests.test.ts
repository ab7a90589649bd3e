import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { toAccountId } from '../../src/core/chat.ts'
import { DIALECT_NAMES } from '../../src/dialects/index.ts'
import { DEVICES, REGISTRARS, someone } from '../support/clients/index.ts'
import { GroupsClient, type Guest } from '../support/groups.ts'
import { Gathering } from './gathering.ts'
import { NAME_TAKEN, refusalOf, WRONG_PASSWORD } from './refusals.ts'
import {
  assertUnknownInChannels,
  assertUnknownInChatapp,
  assertUnknownInMessenger,
  assertUnknownInNative,
} from './unknown.ts'
import { addressing, type Participant, World } from './world.ts'

// Groups makes guests: names without a password, in open conversations and nowhere else.

let world: World
let ann: Participant
let guest: Guest
let guestId: number
before(async () => {
  world = await World.start()
  ann = await world.join('ann')
  guest = await GroupsClient.guest(world.server.url, 'guest')
  guestId = Number.parseInt(guest.id, 16)
})
after(async () => {
  guest.client.end()
  await world[Symbol.asyncDispose]()
})

describe('the name of a guest', () => {
  for (const registrar of REGISTRARS) {
    test(`is taken for registration in ${registrar}`, async () => {
      const person = { username: guest.username, password: 'mine now' }
      assert.deepEqual(await DEVICES[registrar].register(world.server, person), NAME_TAKEN[registrar])
    })

    test(`has no password that opens it in ${registrar}`, async () => {
      for (const password of ['null', guest.username]) {
        const asking = DEVICES[registrar].logIn(world.server, { username: guest.username, password })
        assert.deepEqual(await refusalOf(asking), WRONG_PASSWORD[registrar])
      }
    })
  }

  test('binds another socket in groups, password or not', async () => {
    for (const proof of [{}, { password: 'whatever' }]) {
      const socket = await GroupsClient.connect(world.server.url)
      const [[event, payload] = []] = await socket.ask('find_user', { username: guest.username, ...proof })
      assert.deepEqual([event, (payload as { _id: string })._id], ['user_found', guest.id])
      socket.end()
    }
  })
})

describe('nobody can add a guest', () => {
  test('chatapp: neither as a contact nor to a conversation', () =>
    assertUnknownInChatapp(ann, guest.username))

  test('messenger: neither to a private chat nor to a group', () => assertUnknownInMessenger(ann, guestId))

  test('native: neither to a private conversation nor to a group', () => assertUnknownInNative(ann, guestId))

  test('channels: no chat is requested with one, and none is listed', async () => {
    await assertUnknownInChannels(ann, guestId)
    const users = (await ann.channels.ask('/api/users')).body as readonly { id: number }[]
    assert.deepEqual(
      users.map(({ id }) => id),
      [ann.channels.id],
    )
  })

  test('the core: not even by a program that embeds it', async () => {
    const { conversations } = world.server.chat
    const { accountId } = ann.account
    const refused = { code: 'unknown_account' }
    await assert.rejects(conversations.openPrivate(accountId, toAccountId(guestId)), refused)
    await assert.rejects(conversations.openPrivate(toAccountId(guestId), accountId), refused)
    await assert.rejects(conversations.createGroup(accountId, [toAccountId(guestId)], null), refused)
  })
})

test('a guest reads and writes in an open conversation, and all who can name it hear', async () => {
  const place = await world.open(ann, 'rooms', { kind: 'open', others: [] })
  const gathering = await Gathering.at(world, place, [ann])
  await guest.visit(place.gid)
  await guest.send(place.gid, 'only passing through')
  for (const dialect of addressing('open')) await ann[dialect].send(place, `hello from ${dialect}`)
  const facts = await gathering.settled()
  assert.equal(facts.find(({ body }) => body === 'only passing through')?.senderId, guestId)
  for (const view of gathering.views) {
    for (const { transport, shown } of view.streams)
      assert.deepEqual(strip(shown), strip(view.expected(facts, 'live')), transport)
    assert.deepEqual(strip(await view.history()), strip(view.expected(facts, 'in the history')), view.dialect)
  }
  assert.deepEqual(
    guest.client.texts.filter((text) => text.startsWith('hello from')),
    addressing('open').map((dialect) => `hello from ${dialect}`),
  )
})

test('a guest is in no conversation that is not open', async () => {
  const ben = await world.join('ben')
  for (const [kind, opener] of [
    ['private', 'channels'],
    ['group', 'messenger'],
  ] as const) {
    const { gid } = await world.open(ann, opener, { kind, others: [ben], name: 'us two' })
    const send = await guest.ask('send_message', { group_name: gid, text: 'let me in' })
    assert.deepEqual(send, [['group_not_found', { Error: 'Group that user selects can not be found.' }]])
    assert.deepEqual(await guest.ask('join_group', { group_name: gid }), [
      ['join_error', { error: 'Group Not Found!' }],
    ])
    assert.deepEqual(await guest.ask('enter_group', { group_name: gid }), [['group_not_join', null]])
  }
})

test('with guests turned off a name without an account is nobody, in every dialect', async () => {
  await using strict = await World.start({ GROUPS_GUESTS: 'false' })
  const nobody = someone('nobody')
  assert.deepEqual(await DEVICES.groups.register(strict.server, nobody), [
    'user_not_authorized',
    { Error: 'Guests are turned off.' },
  ])
  for (const dialect of DIALECT_NAMES.filter((name) => name !== 'groups'))
    assert.deepEqual(await refusalOf(DEVICES[dialect].logIn(strict.server, nobody)), WRONG_PASSWORD[dialect])
})

/** Drops undefined fields, which are on no wire. */
const strip = (shown: readonly object[]): unknown => JSON.parse(JSON.stringify(shown))
