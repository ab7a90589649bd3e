import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { ChannelsDevice } from '../../support/clients/channels.ts'
import { ChatappDevice } from '../../support/clients/chatapp.ts'
import { type Place, Refused } from '../../support/clients/index.ts'
import { MessengerDevice } from '../../support/clients/messenger.ts'
import { NativeDevice } from '../../support/clients/native.ts'
import { RoomsDevice } from '../../support/clients/rooms.ts'
import { postgresIsMissing } from '../../support/postgres.ts'
import { channelsFile, fillMessenger, fillRooms, PASSWORD } from './sources.ts'
import { adopted, lastFirst, ownDatabase, TARGETS } from './targets.ts'

const noPostgres = await postgresIsMissing()
const place = (facts: Partial<Place>) => facts as Place
const ann = { username: 'ann', password: PASSWORD }
const bob = { username: 'bob', password: PASSWORD }

for (const { name, missing, make } of TARGETS) {
  test(`messenger's people keep passwords, addresses, ids and history, on ${name}`, {
    skip: noPostgres ?? missing,
  }, async (t) => {
    const source = await ownDatabase(t)
    await fillMessenger(source)
    const { server, notes, ids } = await adopted(t, { kind: 'messenger', source, settings: await make(t) })
    const device = await MessengerDevice.logIn(server, { ...ann, username: 'ann@example.org' })
    const me = await device.api.call<{ bio: string; created_at: string; email_confirmed: boolean }>(
      'GET',
      '/user/me',
    )
    assert.equal(me.body.created_at, '2023-08-08T23:17:46.419120+00:00')
    assert.deepEqual([me.body.bio, me.body.email_confirmed], ['hiking', true])
    assert.deepEqual(
      (await device.history(place({ conversationId: 7 as Place['conversationId'] }))).map(
        ({ id, text, at }) => [id, text, at],
      ),
      [
        [30, 'first', '2023-08-09T02:01:00.123456+00:00'],
        [31, 'second', '2023-08-09T02:01:00.123457+00:00'],
      ],
    )
    assert.deepEqual(await device.title(place({ conversationId: 9 as Place['conversationId'] })), {
      ...{ listed: { name: 'Hikers', type: 'group' }, name: 'Hikers', type: 'group' },
    })
    // A weak hash is wrapped, and proves the password all the same; from then on it is argon2id of the password.
    for (const _ of ['wrapped', 'renewed']) await MessengerDevice.logIn(server, bob)
    await assert.rejects(MessengerDevice.logIn(server, { ...bob, password: 'wrong' }), Refused)
    const native = await NativeDevice.logIn(server, bob)
    lastFirst(t, () => native.close())
    assert.equal((await native.history(place({ conversationId: 7 as Place['conversationId'] }))).length, 2)
    assert.deepEqual(
      notes.map(({ place: where, why }) => [where, why]),
      [['11', 'it has 1 members, so it is a group']],
    )
    assert.deepEqual(ids, [])
  })

  test(`rooms' people keep passwords, uuids, gids and history, on ${name}`, {
    skip: noPostgres ?? missing,
  }, async (t) => {
    const source = await ownDatabase(t)
    await fillRooms(source)
    const { server, notes } = await adopted(t, { kind: 'rooms', source, settings: await make(t) })
    const room = place({ gid: 'aB3dE6gH' as Place['gid'], conversationId: 5 as Place['conversationId'] })
    const device = await RoomsDevice.logIn(server, ann)
    lastFirst(t, () => device.close())
    const history = await device.history(room)
    assert.deepEqual(
      history.map(({ id, text, at }) => [id, text, at]),
      [
        [8, 'anybody here?', 1546988523.656864],
        [9, 'me', 1546988524],
      ],
    )
    assert.deepEqual(history[1]?.sender, { uuid: '6f9619ff-8b86-d011-b42d-00c04fc964fe', username: 'Bob' })
    // A front end of rooms had sent the MD5 of Bob's password: the digits open his account, and so does the password.
    const digits = createHash('md5').update(PASSWORD).digest('hex')
    const sent = await RoomsDevice.logIn(server, { ...bob, password: digits })
    lastFirst(t, () => sent.close())
    const native = await NativeDevice.logIn(server, bob)
    lastFirst(t, () => native.close())
    assert.deepEqual(
      (await native.history(room)).map(({ text }) => text),
      ['anybody here?', 'me'],
    )
    // No room of the dialect can be entered by such a name.
    assert.deepEqual(
      notes.map(({ before, why }) => [before, why]),
      [['my-room', 'the gid is taken, or not of eight letters and digits']],
    )
  })

  test(`channels' people keep passwords, and each pair has one chat, on ${name}`, {
    skip: missing,
  }, async (t) => {
    const source = await channelsFile(t)
    const { server, notes, ids } = await adopted(t, { kind: 'channels', source, settings: await make(t) })
    const [annsDevice, bobsDevice] = [
      await ChannelsDevice.logIn(server, ann),
      await ChannelsDevice.logIn(server, bob),
    ]
    lastFirst(t, () => annsDevice.close())
    lastFirst(t, () => bobsDevice.close())
    const pair = place({
      conversationId: 3 as Place['conversationId'],
      creatorId: 2 as Place['creatorId'],
      memberIds: [2, 1],
      kind: 'private',
    })
    for (const device of [annsDevice, bobsDevice])
      assert.deepEqual(
        (await device.history(pair)).map(({ id, text }) => [id, text]),
        [
          [11, 'one'],
          [12, 'two'],
          [13, 'three'],
        ],
      )
    const chatapp = await ChatappDevice.logIn(server, ann)
    lastFirst(t, () => chatapp.close())
    assert.equal((await chatapp.history(pair)).length, 3)
    assert.deepEqual(
      notes.map(({ place: where }) => where),
      ['channels, id 4'],
    )
    assert.deepEqual(ids, [{ what: 'conversation', was: '4', is: 3 }])
  })
}
