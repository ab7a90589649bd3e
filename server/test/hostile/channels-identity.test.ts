import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import {
  type Asking,
  ask,
  BareSubscriber,
  fieldOf,
  KEYS,
  logIn,
  openChat,
  type Person,
  person,
  sendMessage,
} from '../support/channels.ts'
import { deep } from '../support/deep.ts'
import { startParlance } from '../support/server.ts'
import { assertRefused } from './channels-refusal.ts'

const server = await startParlance({ PARLANCE_DIALECTS: 'channels', ...KEYS })
const { url } = server
after(() => server.close())
const [ann, bob, eve] = await Promise.all([person(url, 'ann'), person(url, 'bob'), person(url, 'eve')])
const channel = await openChat(url, ann, bob)
await sendMessage(url, { from: ann, to: bob, channel }, 'what eve may not read')

const RUNS = { numRuns: deep(150) }

describe('nobody speaks as another', () => {
  const as = ({ token }: Person, json: unknown): Asking => ({ token, json })
  const spellings = (id: number) => [id, String(id), `0${id}`, `00000${id}`]

  test('answers any Authorization header without accepting it', async () => {
    const ascii = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    })
    const header = fc.oneof(
      ascii,
      ascii.map((text) => `Bearer ${text}`),
      fc.tuple(ascii, ascii, ascii).map((parts) => `Bearer ${parts.join('.')}`),
      fc.nat(ann.token.length - 1).map((at) => `Bearer ${ann.token.slice(0, at)}`),
      fc.jsonValue().map((claims) => {
        const [head, , signature] = ann.token.split('.')
        return `Bearer ${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`
      }),
    )
    await fc.assert(
      fc.asyncProperty(header, async (authorization) => {
        const { status, body } = await ask(url, '/api/users', { headers: { authorization } })
        assert.ok(status === 401 || status === 422)
        assert.deepEqual(Object.keys(Object(body)), ['msg'])
      }),
      RUNS,
    )
  })

  test('nobody speaks as another, however the id is spelt', async () => {
    for (const from_user of spellings(ann.id)) {
      const sent = { from_user, to_user: bob.id, message: 'I am Ann', channel }
      assert.equal((await ask(url, '/api/send_message', as(eve, sent))).status, 403)
      assert.equal((await ask(url, '/api/send_message', as(bob, sent))).status, 403)
      assert.equal((await ask(url, '/api/request_chat', as(eve, sent))).status, 403)
    }
  })

  test('nobody speaks or reads where it does not take part, however the channel is spelt', async () => {
    const { body } = await ask(url, `/api/get_message/${channel}`, { token: ann.token })
    assert.ok(Array.isArray(body))
    const id = Number(fieldOf(body[0], 'channel_id'))
    for (const name of [channel, ...spellings(id)]) {
      const sent = { from_user: eve.id, to_user: bob.id, message: 'hi', channel: name }
      assert.equal((await ask(url, '/api/send_message', as(eve, sent))).status, 403)
      const history = await ask(url, `/api/get_message/${name}`, { token: eve.token })
      assert.equal(history.status, 403)
    }
  })

  test('nothing is signed but what is one\u2019s own', async () => {
    const its = `private-notification_user_${eve.id}`
    const names = fc.oneof(
      fc.constantFrom(
        its,
        channel,
        channel.replace('private', 'presence'),
        `private-notification_user_${ann.id}`,
      ),
      fc.string({ unit: fc.constantFrom(...'private-chat_12=@,.;:#') }),
      fc.tuple(fc.nat(9), fc.nat(9)).map(([a, b]) => `private-chat_${a}_${b}`),
      fc.string().map((text) => its + text),
    )
    const sockets = fc.oneof(
      fc.constantFrom('1.2', '12.34', '1.2:private-x', '1.2\n', '１.２', '1.2.3', ''),
      fc.string({ unit: fc.constantFrom(...'0123456789.:') }),
    )
    await fc.assert(
      fc.asyncProperty(sockets, names, async (socket_id, channel_name) => {
        const reply = await ask(url, '/api/pusher/auth', {
          token: eve.token,
          form: { socket_id, channel_name },
        })
        const isOwn = channel_name === its && /^\d{1,20}\.\d{1,20}$/.test(socket_id)
        assert.equal(reply.status === 200, isOwn)
        if (!isOwn) assertRefused(reply)
      }),
      RUNS,
    )
  })

  test('a signature is good for one connection and one channel', async () => {
    const [one, other] = [new BareSubscriber(url), new BareSubscriber(url)]
    const socketId = fieldOf(await one.hears('pusher:connection_established'), 'socket_id')
    const form = { socket_id: String(socketId), channel_name: channel }
    const { body } = await ask(url, '/api/pusher/auth', { token: bob.token, form })
    const auth = fieldOf(body, 'auth')
    await other.hears('pusher:connection_established')
    other.say('pusher:subscribe', { channel, auth })
    await other.hears('pusher:error')
    one.say('pusher:subscribe', {
      channel: channel.replace('private', 'presence'),
      auth,
      channel_data: '{"user_id":"1"}',
    })
    await one.hears('pusher:error')
    one.close()
    other.close()
  })

  test('a signature got before a revocation is worth nothing after it', async () => {
    const mallory = await person(url, 'mallory')
    const account = await server.chat.accounts.findByUsername(mallory.username)
    assert.ok(account)
    const socket = new BareSubscriber(url)
    const name = `private-notification_user_${mallory.id}`
    const socketId = fieldOf(await socket.hears('pusher:connection_established'), 'socket_id')
    const form = { socket_id: String(socketId), channel_name: name }
    assert.equal((await ask(url, '/api/pusher/auth', { token: mallory.token, form })).status, 200)
    await server.chat.credentials.revoke(account.accountId)
    assert.equal(await socket.closed, 4009)
  })

  test('a password is guessed only so often', async () => {
    const strict = await startParlance({ PARLANCE_DIALECTS: 'channels', PARLANCE_RATE_LIMITS: 'on' })
    const { username } = await person(strict.url, 'ann')
    const wrong = { json: { username, password: 'guess' } }
    const replies = await Promise.all(Array.from({ length: 30 }, () => ask(strict.url, '/api/login', wrong)))
    const late = await ask(strict.url, '/api/login', {
      json: { username: username.toUpperCase(), password: 'guess' },
    })
    assert.ok(replies.every(({ status }) => status === 401 || status === 429))
    assert.equal(late.status, 429)
    assert.match(late.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
    await strict.close()
  })

  test('a name is as secret as a password: both are answered alike', async () => {
    const known = await ask(url, '/api/login', { json: { username: ann.username, password: 'guess' } })
    const unknown = await ask(url, '/api/login', { json: { username: 'nobody', password: 'guess' } })
    assert.deepEqual([known.status, known.body], [unknown.status, unknown.body])
    assert.equal((await logIn(url, ann.username)).id, ann.id)
  })
})
