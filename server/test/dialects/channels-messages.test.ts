import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { answered, ask, assertError, fieldOf, NEUTRAL, openChat, sendMessage } from '../support/channels.ts'
import { NOT_IDS, NOT_TEXTS, openWorld } from './channels-world.ts'

const { url, pair, three } = await openWorld(8)

const without = (value: object, name: string): object =>
  Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))

describe('POST /api/send_message', { concurrency: true }, () => {
  test('answers with the message', async () => {
    const [ann, bob] = pair()
    const channel = await openChat(url, ann, bob)
    const { status, body } = await sendMessage(url, { from: ann, to: bob, channel }, 'hello 🦊')
    const id = fieldOf(body, 'id')
    assert.ok(typeof id === 'number')
    const message = { id, from_user: ann.id, to_user: bob.id, message: 'hello 🦊', channel, ...NEUTRAL }
    assert.deepEqual([status, body], [200, message])
  })

  test('takes the channel by name or by id, and echoes it and the ids as they came', async () => {
    const [ann, bob] = pair()
    const name = await openChat(url, ann, bob)
    await sendMessage(url, { from: ann, to: bob, channel: name }, 'first')
    const { body: history } = await ask(url, `/api/get_message/${name}`, { token: bob.token })
    assert.ok(Array.isArray(history))
    const id = fieldOf(history[0], 'channel_id')
    for (const channel of [name, id, String(id)]) {
      const sent = { from_user: String(bob.id), to_user: String(ann.id), message: 'again', channel }
      const { status, body } = await ask(url, '/api/send_message', { token: bob.token, json: sent })
      assert.deepEqual([status, body], [200, { id: fieldOf(body, 'id'), ...sent, ...NEUTRAL }])
    }
  })

  test('lets nobody send as another', async () => {
    const [ann, bob] = pair()
    const channel = await openChat(url, ann, bob)
    const json = { from_user: ann.id, to_user: bob.id, message: 'hi', channel }
    assertError(await ask(url, '/api/send_message', { token: bob.token, json }), 403)
  })

  test("lets nobody into another's channel", async () => {
    const [ann, bob, eve] = three()
    const channel = await openChat(url, ann, bob)
    assertError(await sendMessage(url, { from: eve, to: bob, channel }, 'hi'), 403)
    await sendMessage(url, { from: ann, to: bob, channel }, 'secret')
    const { body } = await ask(url, `/api/get_message/${channel}`, { token: ann.token })
    assert.ok(Array.isArray(body) && body.length === 1)
    const json = {
      from_user: eve.id,
      to_user: bob.id,
      message: 'hi',
      channel: fieldOf(body[0], 'channel_id'),
    }
    assertError(await ask(url, '/api/send_message', { token: eve.token, json }), 403)
  })

  test('knows no channel that is not there', async () => {
    const [ann, bob] = pair()
    await openChat(url, ann, bob)
    for (const channel of [
      `private-chat_${bob.id}_${ann.id}`,
      `presence-chat_${ann.id}_${bob.id}`,
      `private-chat_${ann.id}_0${bob.id}`,
      `private-chat_${ann.id}_${2 ** 53 - 1}`,
      `private-chat_${ann.id}_${ann.id}`,
      `private-notification_user_${ann.id}`,
      'anything',
      '__proto__',
      0,
      2 ** 53 - 1,
      '9007199254740991',
    ]) {
      const json = { from_user: ann.id, to_user: bob.id, message: 'hi', channel }
      assertError(await ask(url, '/api/send_message', { token: ann.token, json }), 404)
    }
  })

  test('reaches the other participant and nobody else', async () => {
    const [ann, bob, eve] = three()
    const channel = await openChat(url, ann, bob)
    for (const to of [eve, ann]) assertError(await sendMessage(url, { from: ann, to, channel }, 'hi'), 400)
  })

  test('refuses missing and mistyped fields', async () => {
    const [ann, bob] = pair()
    const channel = await openChat(url, ann, bob)
    const good = { from_user: ann.id, to_user: bob.id, message: 'hi', channel }
    const bad = [
      ...Object.keys(good).map((name) => without(good, name)),
      ...NOT_IDS.flatMap((id) => [
        { ...good, from_user: id },
        { ...good, to_user: id },
      ]),
      ...NOT_TEXTS.map((message) => ({ ...good, message })),
      ...[null, '', -1, 1.5, 2 ** 53, true, [channel], { $ne: '' }, 'a\0b', '\ud800'].map((name) => ({
        ...good,
        channel: name,
      })),
    ]
    for (const json of bad) {
      assertError(await ask(url, '/api/send_message', { token: ann.token, json }), 400)
    }
  })

  test('counts the length of a message in UTF-8 bytes', async () => {
    const [ann, bob] = pair()
    const chat = { from: ann, to: bob, channel: await openChat(url, ann, bob) }
    assert.equal((await sendMessage(url, chat, '🦊'.repeat(2048))).status, 200)
    assertError(await sendMessage(url, chat, `${'🦊'.repeat(2048)}x`), 400)
  })
})

describe('GET /api/get_message/<channel>', { concurrency: true }, () => {
  test('lists the messages of both, oldest first, by name or id', async () => {
    const [ann, bob] = pair()
    const channel = await openChat(url, ann, bob)
    const first = await sendMessage(url, { from: ann, to: bob, channel }, 'one')
    const second = await sendMessage(url, { from: bob, to: ann, channel }, 'two')
    const { status, body } = await ask(url, `/api/get_message/${channel}`, { token: bob.token })
    assert.ok(Array.isArray(body))
    const channel_id = fieldOf(body[0], 'channel_id')
    assert.ok(typeof channel_id === 'number')
    const rest = { channel_id, ...NEUTRAL }
    assert.deepEqual(
      [status, body],
      [
        200,
        [
          { id: fieldOf(first.body, 'id'), message: 'one', from_user: ann.id, to_user: bob.id, ...rest },
          { id: fieldOf(second.body, 'id'), message: 'two', from_user: bob.id, to_user: ann.id, ...rest },
        ],
      ],
    )
    const byId = await ask(url, `/api/get_message/${channel_id}`, { token: ann.token })
    assert.deepEqual(byId.body, body)
  })

  test('shows a new channel empty', async () => {
    const [ann, bob] = pair()
    const channel = await openChat(url, ann, bob)
    assert.deepEqual(answered(await ask(url, `/api/get_message/${channel}`, { token: ann.token })), [200, []])
  })

  test('shows a channel that is not there empty', async () => {
    const [ann, bob] = pair()
    for (const channel of [
      `private-chat_${ann.id}_${bob.id}`,
      `private-chat_${bob.id}_${ann.id}`,
      'anything',
      'constructor',
      '9007199254740991',
      '0',
    ]) {
      const reply = await ask(url, `/api/get_message/${channel}`, { token: ann.token })
      assert.deepEqual(answered(reply), [200, []])
    }
  })

  test("refuses another's channel", async () => {
    const [ann, bob, eve] = three()
    const channel = await openChat(url, ann, bob)
    assertError(await ask(url, `/api/get_message/${channel}`, { token: eve.token }), 403)
    await sendMessage(url, { from: ann, to: bob, channel }, 'secret')
    const { body } = await ask(url, `/api/get_message/${channel}`, { token: ann.token })
    assert.ok(Array.isArray(body))
    const id = fieldOf(body[0], 'channel_id')
    assertError(await ask(url, `/api/get_message/${id}`, { token: eve.token }), 403)
  })
})
