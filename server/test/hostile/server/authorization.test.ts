import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { startParlance } from '../../support/server.ts'
import { until } from '../../support/until.ts'
import { ask } from './ask.ts'
import { BareWs, socketIo } from './bare-ws.ts'
import { PUSHER } from './fortress.ts'
import { PASSWORD, Person } from './person.ts'
import { openTalk } from './talk.ts'

const server = await startParlance(PUSHER)
const { url } = server
after(() => server.close())
const talk = await openTalk(url)
/** Has an account, and no business here. */
const eve = await Person.register(url, 'eve')

const say = (contents: string) => ask(url, `/chat/${talk.id}/message`, { contents }, talk.ann.messenger)
await say('for the two of us')

describe('a private conversation of others', () => {
  const signed = async (person: Person, channelName: string, socketId: string) =>
    (await ask(url, '/api/pusher/auth', { channel_name: channelName, socket_id: socketId }, person.channels))
      .status

  test('cannot be read, written to or heard by its names, in any dialect', async () => {
    const { id, gid, channel, ann, bob } = talk
    const refusals = [
      await ask(url, '/send-message', { room_gid: gid, msg: 'x' }, { user: eve.uuid }),
      await ask(url, `/get-room-history?room_gid=${gid}`, undefined, { user: eve.uuid }),
      await ask(url, `/chat/${id}`, undefined, eve.messenger),
      await ask(url, `/chat/${id}/messages`, undefined, eve.messenger),
      await ask(url, `/chat/${id}/message`, { contents: 'x' }, eve.messenger),
      await ask(url, `/api/get_message/${channel}`, undefined, eve.channels),
      await ask(url, `/api/get_message/${id}`, undefined, eve.channels),
      ...(await Promise.all(
        [
          { from_user: eve.id, to_user: bob.id, channel, message: 'x' },
          { from_user: eve.id, to_user: bob.id, channel: id, message: 'x' },
          { from_user: ann.id, to_user: bob.id, channel, message: 'x' },
          { from_user: eve.id, to_user: eve.id, channel, message: 'x' },
        ].map((posting) => ask(url, '/api/send_message', posting, eve.channels)),
      )),
    ]
    for (const { status, json, text } of refusals) {
      assert.ok(status >= 400 || json.ok === false, text)
      assert.doesNotMatch(text, /for the two of us/)
    }
    const ws = await eve.chatapp()
    for (const type of ['get_messages', 'get_conversation_info', 'send_message']) {
      ws.say(JSON.stringify({ type, id, conversation_id: id, content: 'x' }))
      assert.match(await ws.heard(`"${type}"`), /"success":false/)
    }
    ws.end()
  })

  test('cannot be subscribed to, with or without somebody else’s signature', async () => {
    const { channel, ann } = talk
    const ws = await new BareWs(url, '/app/test-key?protocol=7').opened()
    const socketId = /\d+\.\d+/.exec(await ws.heard('established'))?.[0] ?? ''
    const presence = channel.replace('private', 'presence')
    const names = [
      channel,
      presence,
      channel.replace('private-', 'private-encrypted-'),
      `private-notification_user_${ann.id}`,
      `private-notification_user_0${eve.id}`,
      `${channel}_${eve.id}`,
      `private-chat_${eve.id}_${ann.id}`,
      `private-chat_${ann.id}_${ann.id}`,
      'private-anything',
    ]
    for (const name of names) assert.equal(await signed(eve, name, socketId), 403, name)
    const { json } = await ask(
      url,
      '/api/pusher/auth',
      { channel_name: channel, socket_id: '1.1' },
      ann.channels,
    )
    const attempts = [
      { channel },
      { channel, auth: '' },
      { channel, auth: json.auth },
      { channel, auth: `test-key:${'0'.repeat(64)}` },
      { channel: presence, auth: json.auth, channel_data: JSON.stringify({ user_id: String(ann.id) }) },
      { channel: `#server-to-user-${ann.id}` },
    ]
    for (const data of attempts) {
      ws.say(JSON.stringify({ event: 'pusher:subscribe', data }))
      await ws.heard('pusher:error')
    }
    // Nor can it be spoken into from outside.
    ws.say(JSON.stringify({ event: 'client-new_message', channel, data: '{}' }))
    await ws.heard('not subscribed')
    await say('nobody else hears this')
    ws.say('{"event":"pusher:ping","data":{}}')
    await ws.heard('pusher:pong')
    assert.ok(!ws.texts.some((text) => text.includes('nobody else')))
    ws.end()
  })

  test('cannot be spoken in by a socket that is bound to somebody else, or to nobody', async () => {
    const { gid, ann } = talk
    const ws = await socketIo(url)
    const ask = (event: string, fields: object) => ws.say(`42${JSON.stringify([event, fields])}`)
    for (const event of ['send_message', 'enter_group', 'visit_group', 'join_group', 'leave_group'])
      await ask(event, { username: ann.username, group_name: gid, text: 'x' }).heard('Password required.')
    for (const password of ['wrong', '', '\0', 'x'.repeat(10_000)]) {
      ask('find_user', { username: ann.username, password })
      await until('a refusal', () => ws.texts.some((text) => /not_authorized|invalid_request/.test(text)))
      ws.frames.length = 0
    }
    await ask('find_user', { username: eve.username, password: PASSWORD }).heard('user_found')
    await ask('send_message', { username: ann.username, group_name: gid, text: 'x' }).heard(
      'Not your username.',
    )
    await ask('enter_group', { username: eve.username, group_name: gid }).heard('group_not_join')
    ws.end()
  })

  test('keeps its messages from being deleted or quoted by others', async () => {
    const { id, ann, bob } = talk
    const sent = await say('mine')
    const messageId = sent.json.id
    const remove = async (person: Person) =>
      (await fetch(`${url}/message/${messageId}`, { method: 'DELETE', headers: person.messenger })).status
    assert.equal(await remove(eve), 404)
    assert.equal(await remove(bob), 403)
    const group = await ask(url, '/chat/group/create', { with_ids: [ann.id], name: 'mine' }, eve.messenger)
    const ws = await eve.chatapp()
    ws.say(
      JSON.stringify({
        type: 'send_message',
        conversation_id: group.json.id,
        content: 'x',
        reply_id: messageId,
      }),
    )
    await ws.heard('No such')
    ws.end()
    const { json } = await ask(url, `/chat/${id}/messages`, undefined, ann.messenger)
    assert.ok((json.messages as { id: number }[]).some((message) => message.id === messageId))
    const both = await Promise.all([remove(ann), remove(ann), remove(ann)])
    assert.deepEqual(both.sort(), [200, 404, 404], 'deleted once')
  })
})

test('a block holds however one hurries', async () => {
  const { chat } = server
  const [cat, dan] = await Promise.all([Person.register(url, 'cat'), Person.register(url, 'dan')])
  const opened = await ask(url, '/chat/private/create', { with_user_id: cat.id }, dan.messenger)
  const account = async ({ username }: Person) =>
    (await chat.accounts.findByUsername(username)) ?? assert.fail()
  const [cats, dans] = [await account(cat), await account(dan)]
  const hurry = Array.from({ length: 40 }, async (_, n) => {
    if (n === 20) await chat.contacts.block(cats.accountId, dans.accountId)
    return (await ask(url, `/chat/${opened.json.id}/message`, { contents: `${n}` }, dan.messenger)).status
  })
  const statuses = await Promise.all(hurry)
  assert.ok(statuses.every((status) => status === 200 || status === 403))
  const after = await ask(url, `/chat/${opened.json.id}/message`, { contents: 'still?' }, dan.messenger)
  assert.equal(after.status, 403)
  const meetings = await Promise.all([
    ask(url, '/api/request_chat', { from_user: dan.id, to_user: cat.id }, dan.channels),
    ask(url, '/chat/group/create', { with_ids: [cat.id], name: 'us' }, dan.messenger),
    ask(url, '/chat/private/create', { with_user_id: cat.id }, dan.messenger),
  ])
  assert.deepEqual(
    meetings.map(({ status }) => status),
    [404, 400, 400],
  )
  const { text } = await ask(url, '/api/users', undefined, dan.channels)
  assert.ok(!text.includes(cat.username))
})
