import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { toAccountId } from '../../src/core/chat.ts'
import {
  answered,
  ask,
  assertError,
  BareSubscriber,
  fieldOf,
  Heard,
  KEYS,
  logIn,
  NEUTRAL,
  openChat,
  type Person,
  person,
  requestChat,
  sendMessage,
  subscribe,
} from '../support/channels.ts'
import { describeOwn, ownOf } from '../support/own.ts'
import { until } from '../support/until.ts'
import { notifications, openWorld, startAnother } from './channels-world.ts'

const { server, url, pair, connect } = await openWorld(3)
const own = () => ownOf(server)

describeOwn('a message of another dialect', () => {
  let ann: Person
  let bob: Person
  let channel: string
  beforeEach(async () => {
    ;[ann, bob] = pair()
    channel = await openChat(url, ann, bob)
  })

  async function accountOf(who: Person) {
    const account = await own().chat.accounts.find(toAccountId(who.id))
    assert.ok(account)
    return account
  }

  test('arrives as new_message, with plain ids and the canonical name', async () => {
    const heard = new Heard(await subscribe(connect(bob), channel), 'new_message')
    const { conversations, messages } = own().chat
    const sender = await accountOf(ann)
    const conversation = await conversations.findPrivate(toAccountId(ann.id), toAccountId(bob.id))
    assert.ok(conversation)
    const standing = await conversations.standing(sender.accountId, conversation.conversationId)
    assert.ok(standing)
    const { messageId: id } = await messages.send(sender, standing, { body: 'hello from elsewhere' })
    const event = {
      id,
      from_user: ann.id,
      to_user: bob.id,
      message: 'hello from elsewhere',
      channel,
      ...NEUTRAL,
    }
    assert.deepEqual(await heard.first(1), [event])
    const { body } = await ask(url, `/api/get_message/${channel}`, { token: bob.token })
    assert.ok(Array.isArray(body))
    assert.equal(fieldOf(body[0], 'message'), 'hello from elsewhere')
  })

  test('in a group or open conversation has no channel here', async () => {
    const { conversations } = own().chat
    const ids = [toAccountId(ann.id), toAccountId(bob.id)] as const
    const { conversation } = await conversations.createGroup(ids[0], ids, null)
    const id = conversation.conversationId
    const history = await ask(url, `/api/get_message/${id}`, { token: ann.token })
    assert.deepEqual(answered(history), [200, []])
    assertError(await sendMessage(url, { from: ann, to: bob, channel: String(id) }, 'hi'), 404)
  })
})

describeOwn('people who may not be reached', () => {
  test('is unknown to request_chat: guests, and people who blocked the caller', async () => {
    const [ann, bob] = [await person(url, 'ann'), await person(url, 'bob')]
    const { accounts, contacts } = own().chat
    const guest = await accounts.admitGuest(`guest-of-${ann.username}`)
    const asGuest = { ...bob, id: guest.accountId }
    assertError(await requestChat(url, ann, asGuest), 404)
    await contacts.block(toAccountId(bob.id), toAccountId(ann.id))
    assertError(await requestChat(url, ann, bob), 404)
    assert.equal((await requestChat(url, bob, ann)).status, 200)
  })

  test('refuses the messages of people it blocked', async () => {
    const [ann, bob] = [await person(url, 'ann'), await person(url, 'bob')]
    const channel = await openChat(url, ann, bob)
    await own().chat.contacts.block(toAccountId(bob.id), toAccountId(ann.id))
    assertError(await sendMessage(url, { from: ann, to: bob, channel }, 'hi'), 403)
    assert.equal((await sendMessage(url, { from: bob, to: ann, channel }, 'hi')).status, 200)
  })

  test('is not listed: guests, and people who blocked the caller', async () => {
    const [ann, bob] = [await person(url, 'ann'), await person(url, 'bob')]
    const { accounts, contacts } = own().chat
    const guest = await accounts.admitGuest(`guest-of-${ann.username}`)
    await contacts.block(toAccountId(bob.id), toAccountId(ann.id))
    const { body } = await ask(url, `/api/users?after=${Math.min(ann.id, bob.id) - 1}`, { token: ann.token })
    assert.ok(Array.isArray(body))
    const ids = body.map((user) => fieldOf(user, 'id'))
    assert.deepEqual(
      [ann.id, bob.id, guest.accountId].map((id) => ids.includes(id)),
      [true, false, false],
    )
    const after = await person(url, 'carol')
    const first = await ask(url, `/api/users?after=${bob.id - 1}&limit=1`, { token: ann.token })
    assert.ok(Array.isArray(first.body) && first.body.length === 1)
    const next = fieldOf(first.body[0], 'id')
    assert.ok(next === ann.id || next === after.id, 'a page is filled with whom one may see')
  })
})

describeOwn('revocation', () => {
  /** "Do not come back", by the protocol's ranges. */
  const UNWELCOME = 4009

  test('voids tokens and ends the connections of that account alone', async () => {
    const [ann, bob] = [await person(url, 'ann'), await person(url, 'bob')]
    const channel = await openChat(url, ann, bob)
    const hers = new BareSubscriber(url)
    await hers.subscribe(url, ann, channel)
    const his = connect(bob)
    const heard = new Heard(await subscribe(his, channel), 'new_message')
    await own().chat.credentials.revoke(toAccountId(ann.id))
    assert.equal(await hers.closed, UNWELCOME)
    const { status, body } = await ask(url, '/api/users', { token: ann.token })
    assert.deepEqual([status, body], [401, { msg: 'Token has been revoked' }])
    assert.equal(his.connection.state, 'connected')
    // A token of the same second as the revocation is void too.
    const again = await until('a token that is valid', async () => {
      const fresh = await logIn(url, ann.username)
      const { status } = await ask(url, '/api/users', { token: fresh.token })
      return status === 200 ? fresh : undefined
    })
    const { body: message } = await sendMessage(url, { from: again, to: bob, channel }, 'back')
    assert.deepEqual(await heard.first(1), [message])
  })

  test('a token of a disabled account lets nobody in again', async () => {
    const [ann, bob] = [await person(url, 'ann'), await person(url, 'bob')]
    const hers = new BareSubscriber(url)
    await hers.subscribe(url, ann, notifications(ann))
    await own().chat.credentials.disable(toAccountId(ann.id))
    assert.equal(await hers.closed, UNWELCOME)
    assert.equal((await ask(url, '/api/users', { token: ann.token })).status, 401)
    assertError(await requestChat(url, bob, ann), 404)
  })
})

describeOwn('presence', () => {
  test('counts who listens as online', async () => {
    const ann = await person(url, 'ann')
    const isOnline = () => own().chat.presence.isOnline(toAccountId(ann.id))
    assert.equal(await isOnline(), false)
    const client = connect(ann)
    await subscribe(client, notifications(ann))
    await until('ann to be online', isOnline)
    client.disconnect()
    await until('ann to be offline', async () => !(await isOnline()))
  })
})

describeOwn('settings', () => {
  test('CHANNELS_TOKEN_TTL: a token expires', async () => {
    await using brief = await startAnother({ CHANNELS_TOKEN_TTL: '1' })
    const { token } = await person(brief.url, 'ann')
    const expired = await until('the end of the token', async () => {
      const reply = await ask(brief.url, '/api/users', { token })
      return reply.status === 200 ? undefined : reply
    })
    assert.deepEqual(answered(expired), [401, { msg: 'Token has expired' }])
  })

  test('CHANNELS_HISTORY_LIMIT: the newest messages are shown', async () => {
    await using small = await startAnother({ CHANNELS_HISTORY_LIMIT: '2' })
    const [from, to] = [await person(small.url, 'ann'), await person(small.url, 'bob')]
    const chat = { from, to, channel: await openChat(small.url, from, to) }
    for (const text of ['one', 'two', 'three']) await sendMessage(small.url, chat, text)
    const { body } = await ask(small.url, `/api/get_message/${chat.channel}`, { token: to.token })
    assert.ok(Array.isArray(body))
    assert.deepEqual(
      body.map((message) => fieldOf(message, 'message')),
      ['two', 'three'],
    )
  })

  test('PARLANCE_RATE_LIMITS: too much is answered 429 with Retry-After', async () => {
    await using strict = await startAnother({ PARLANCE_RATE_LIMITS: 'on' })
    const who = await person(strict.url, 'ann')
    const guess = () => ask(strict.url, '/api/get_message/guess', { token: who.token })
    const refused = await until('a refusal', async () => {
      const reply = await guess()
      return reply.status === 200 ? undefined : reply
    })
    assertError(refused, 429)
    assert.match(refused.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
    const { status } = await ask(strict.url, '/api/users', { token: who.token })
    assert.equal(status, 200)
  })
})

describeOwn('a port of its own', () => {
  test('answers every path in this dialect, and serves Pusher too', async () => {
    await using both = await startAnother({ PARLANCE_PORTS: 'channels:0' })
    const alone = `http://${both.host}:${both.dedicatedPorts.get('channels')}`
    assertError(await ask(alone, '/register', { json: {} }), 404)
    const [from, to] = [await person(alone, 'ann'), await person(both.url, 'bob')]
    const name = await openChat(alone, from, to)
    const heard = new Heard(await subscribe(connect(to, alone, alone), name), 'new_message')
    const { body } = await sendMessage(both.url, { from, to, channel: name }, 'hi')
    assert.deepEqual(await heard.first(1), [body])
    assert.equal((await fetch(`${alone}/apps/${KEYS.PUSHER_APP_ID}/channels`)).status, 401)
  })
})
