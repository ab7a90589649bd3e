import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import {
  answered,
  ask,
  assertError,
  fieldOf,
  KEYS,
  openChat,
  type Person,
  requestChat,
} from '../support/channels.ts'
import { NOT_IDS, openWorld } from './channels-world.ts'

const { url, pair, three } = await openWorld(8)

describe('POST /api/request_chat', { concurrency: true }, () => {
  test('answers with the channels of both and of the chat', async () => {
    const [ann, bob] = pair()
    assert.deepEqual(answered(await requestChat(url, ann, bob)), [
      200,
      {
        from_user: ann.id,
        to_user: bob.id,
        from_user_notification_channel: `private-notification_user_${ann.id}`,
        to_user_notification_channel: `private-notification_user_${bob.id}`,
        channel_name: `private-chat_${ann.id}_${bob.id}`,
      },
    ])
  })

  test('echoes ids in the type they came in', async () => {
    const [ann, bob] = pair()
    const json = { from_user: String(ann.id), to_user: bob.id }
    const { body } = await ask(url, '/api/request_chat', { token: ann.token, json })
    assert.deepEqual([fieldOf(body, 'from_user'), fieldOf(body, 'to_user')], [String(ann.id), bob.id])
    assert.equal(fieldOf(body, 'channel_name'), `private-chat_${ann.id}_${bob.id}`)
  })

  test('answers one channel for the pair, named in the order of the first requester', async () => {
    const [ann, bob] = pair()
    const name = await openChat(url, bob, ann)
    assert.equal(name, `private-chat_${bob.id}_${ann.id}`)
    assert.equal(await openChat(url, ann, bob), name)
    assert.equal(await openChat(url, bob, ann), name)
  })

  test('answers one channel when both ask at once', async () => {
    const [ann, bob] = pair()
    const names = await Promise.all([openChat(url, ann, bob), openChat(url, bob, ann)])
    assert.equal(names[0], names[1])
  })

  test('lets nobody ask as another', async () => {
    const [ann, bob, eve] = three()
    const json = { from_user: ann.id, to_user: bob.id }
    assertError(await ask(url, '/api/request_chat', { token: eve.token, json }), 403)
  })

  test('knows no user who is not there', async () => {
    const [ann] = pair()
    for (const to_user of [0, 2 ** 53 - 1, '0', String(2 ** 53 - 1)]) {
      const json = { from_user: ann.id, to_user }
      assertError(await ask(url, '/api/request_chat', { token: ann.token, json }), 404)
    }
  })

  test('refuses a chat with oneself', async () => {
    const [{ id, token }] = pair()
    for (const to_user of [id, String(id)]) {
      assertError(await ask(url, '/api/request_chat', { token, json: { from_user: id, to_user } }), 400)
    }
  })

  test('refuses what is no id', async () => {
    const [{ id, token }] = pair()
    for (const field of ['from_user', 'to_user']) {
      for (const value of NOT_IDS) {
        const json = { from_user: id, to_user: id, [field]: value }
        assertError(await ask(url, '/api/request_chat', { token, json }), 400)
      }
    }
  })
})

describe('POST /api/pusher/auth', { concurrency: true }, () => {
  const socket_id = '1234.5678'
  const signature = (text: string): string =>
    `${KEYS.PUSHER_KEY}:${createHmac('sha256', KEYS.PUSHER_SECRET).update(text).digest('hex')}`
  const sign = ({ token }: Person, channel_name: string) =>
    ask(url, '/api/pusher/auth', { token, form: { socket_id, channel_name } })

  test("signs the caller's own notification channel, asked by form or JSON", async () => {
    const [ann] = pair()
    const channel_name = `private-notification_user_${ann.id}`
    const signed = [200, { auth: signature(`${socket_id}:${channel_name}`) }]
    assert.deepEqual(answered(await sign(ann, channel_name)), signed)
    const json = { socket_id, channel_name }
    assert.deepEqual(answered(await ask(url, '/api/pusher/auth', { token: ann.token, json })), signed)
  })

  test("signs the caller's own chats, from either side", async () => {
    const [ann, bob] = pair()
    const name = await openChat(url, ann, bob)
    for (const who of [ann, bob]) {
      assert.deepEqual(answered(await sign(who, name)), [200, { auth: signature(`${socket_id}:${name}`) }])
    }
  })

  test('says who the caller is in the presence channel of its chat', async () => {
    const [ann, bob] = pair()
    const name = (await openChat(url, ann, bob)).replace('private', 'presence')
    const { status, body } = await sign(bob, name)
    const data = fieldOf(body, 'channel_data')
    assert.ok(typeof data === 'string')
    assert.deepEqual(JSON.parse(data), { user_id: String(bob.id), user_info: { username: bob.username } })
    const auth = signature(`${socket_id}:${name}:${data}`)
    assert.deepEqual([status, body], [200, { auth, channel_data: data }])
  })

  test('signs no other private or presence channel', async () => {
    const [ann, bob, eve] = three()
    const name = await openChat(url, ann, bob)
    for (const [who, channel] of [
      [eve, name],
      [eve, name.replace('private', 'presence')],
      [eve, `private-notification_user_${ann.id}`],
      [ann, `private-notification_user_${bob.id}`],
      [ann, `presence-notification_user_${ann.id}`],
      [ann, `private-chat_${bob.id}_${ann.id}`],
      [ann, `private-chat_${ann.id}_${ann.id}`],
      [ann, `private-chat_0${ann.id}_${bob.id}`],
      [ann, `private-chat_${ann.id}_${eve.id}`],
      [ann, name.replace('private', 'private-encrypted')],
      [ann, `private-chat_${ann.id}_99999999999999999999`],
      [ann, `${name}x`],
      [ann, 'private-anything'],
      [ann, 'presence-anything'],
      [ann, 'public'],
    ] as const) {
      assertError(await sign(who, channel), 403)
    }
  })

  test('signs nothing that is malformed', async () => {
    const [ann] = pair()
    const channel_name = `private-notification_user_${ann.id}`
    for (const json of [
      ...[
        undefined,
        null,
        '',
        1234.5678,
        'x',
        '1',
        '1.',
        '.1',
        '1.2.3',
        '1.2:x',
        ' 1.2',
        '1.2\n',
        '-1.2',
        ['1.2'],
      ].map((value) => ({ socket_id: value, channel_name })),
      ...[
        undefined,
        null,
        '',
        7,
        'a b',
        'private-ü',
        'a:b',
        `private-${'x'.repeat(200)}`,
        [channel_name],
      ].map((value) => ({ socket_id, channel_name: value })),
      [],
      null,
    ]) {
      assertError(await ask(url, '/api/pusher/auth', { token: ann.token, json }), 400)
    }
    assertError(await ask(url, '/api/pusher/auth', { token: ann.token, form: {} }), 400)
  })
})
