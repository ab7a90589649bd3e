import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  answered,
  ask,
  assertError,
  fieldOf,
  Heard,
  NEUTRAL,
  openChat,
  type Person,
  person,
  sendMessage,
  subscribe,
} from '../support/channels.ts'
import { testOwn } from '../support/own.ts'
import { openWorld, startAnother } from './channels-world.ts'

const { url, pair, connect } = await openWorld(4)

const signedAt = (serverUrl: string, { token }: Person, channel_name: string) =>
  ask(serverUrl, '/api/pusher/auth', { token, form: { channel_name, socket_id: '1234.5678' } })

test('an account shows itself in presence-chitchat to all members', async () => {
  const [ann, bob] = pair()
  const here = await subscribe(connect(ann), 'presence-chitchat')
  const arrivals = new Heard(here, 'pusher:member_added')
  await subscribe(connect(bob), 'presence-chitchat')
  assert.deepEqual(await arrivals.first(1), [{ id: String(bob.id), info: { username: bob.username } }])
})

test('every message says a neutral sentiment: live, in its answer and in the history', async () => {
  const [ann, bob] = pair()
  const channel = await openChat(url, ann, bob)
  const heard = new Heard(await subscribe(connect(bob), channel), 'new_message')
  const { body } = await sendMessage(url, { from: ann, to: bob, channel }, 'hi')
  const history = await ask(url, `/api/get_message/${channel}`, { token: bob.token })
  assert.ok(Array.isArray(history.body))
  for (const message of [body, ...(await heard.first(1)), history.body[0]])
    assert.deepEqual(fieldOf(message, 'sentiment'), NEUTRAL.sentiment)
})

testOwn('CHANNELS_PRESENCE names which presence channels there are', async () => {
  const server = await startAnother({ CHANNELS_PRESENCE: 'presence-lobby, presence-team-*-of-*' })
  await using _ = server
  const ann = await person(server.url, 'ann')
  for (const name of ['presence-lobby', 'presence-team-a-of-b', 'presence-team--of-'])
    assert.equal((await signedAt(server.url, ann, name)).status, 200, name)
  for (const name of [
    'presence-chitchat',
    'presence-lobby2',
    'presence-team-a',
    'presence-team-of-b',
    'lobby',
  ])
    assertError(await signedAt(server.url, ann, name), 403)
})

testOwn('no pattern opens the channels of the chats of others, nor what is written like them', async () => {
  const server = await startAnother({ CHANNELS_PRESENCE: 'presence-*,presence-chat_*' })
  await using _ = server
  const [ann, bob, eve] = await Promise.all(['ann', 'bob', 'eve'].map((name) => person(server.url, name)))
  assert.ok(ann && bob && eve)
  const name = (await openChat(server.url, ann, bob)).replace('private', 'presence')
  const channel_data = JSON.stringify({ user_id: String(ann.id), user_info: { username: ann.username } })
  const { body } = await signedAt(server.url, ann, name)
  assert.equal(fieldOf(body, 'channel_data'), channel_data)
  for (const other of [
    name,
    name.replace('presence', 'private'),
    `presence-chat_${bob.id}_${ann.id}`,
    `presence-chat_0${ann.id}_${bob.id}`,
    `presence-chat_${ann.id}_99999999999999999999`,
    `presence-notification_user_${ann.id}`,
    'private-anything',
    'private-encrypted-anything',
    '*',
    'anything',
  ])
    assert.ok([400, 403].includes((await signedAt(server.url, eve, other)).status), other)
  assert.equal((await signedAt(server.url, eve, 'presence-chat_lounge')).status, 200)
  assert.equal(answered(await signedAt(server.url, eve, `presence-${'a'.repeat(192)}`))[0], 400)
})

testOwn('CHANNELS_PRESENCE=none leaves the channels of chats alone', async () => {
  const server = await startAnother({ CHANNELS_PRESENCE: 'none' })
  await using _ = server
  const ann = await person(server.url, 'ann')
  assertError(await signedAt(server.url, ann, 'presence-chitchat'), 403)
})
