import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import Echo from 'laravel-echo'
import { pino } from 'pino'
import PusherServerLibrary from 'pusher'
import { LocalBus } from '../../src/bus/local.ts'
import { toAccountId } from '../../src/core/chat.ts'
import { DirectFeeds } from '../../src/delivery/index.ts'
import { mountChannels } from '../../src/dialects/channels/index.ts'
import { createHostedPublisher } from '../../src/pusher/index.ts'
import { Limits } from '../../src/transport/index.ts'
import {
  answered,
  ask,
  assertError,
  BareSubscriber,
  Crowd,
  connectPusher,
  fieldOf,
  Heard,
  KEYS,
  logIn,
  openChat,
  type Person,
  type PusherClient,
  person,
  requestChat,
  sendMessage,
  subscribe,
} from '../support/channels.ts'
import { startParlance, type Target, type TestServer, target } from '../support/server.ts'
import { until } from '../support/until.ts'

let server: Target
let url: string
let ann: Person
let bob: Person
let channel: string
let crowd: Crowd
const clients: PusherClient[] = []

before(async () => {
  server = await target({ PARLANCE_DIALECTS: 'channels', ...KEYS })
  url = server.url
  crowd = await Crowd.gather(url, 8)
})
beforeEach(async () => {
  ;[ann, bob] = crowd.pair()
  channel = await openChat(url, ann, bob)
})
after(async () => {
  for (const client of clients) client.disconnect()
  await server.close()
})

const own = (): TestServer => {
  if (!server.own) throw new Error('only against a server of our own')
  return server.own
}
/** What needs to reach into the server is registered only when it is our own. */
const testOwn = process.env.TARGET ? () => undefined : test

function connect(who: Person, serverUrl = url, authUrl = url): PusherClient {
  const client = connectPusher(serverUrl, who, authUrl)
  clients.push(client)
  return client
}

const notifications = ({ id }: Person): string => `private-notification_user_${id}`

async function accountOf(who: Person) {
  const account = await own().chat.accounts.find(toAccountId(who.id))
  assert.ok(account)
  return account
}

describe('pusher-js', () => {
  test('hears new_chat on every request, on the channel of the other user', async () => {
    const [annClient, bobClient] = [connect(ann), connect(bob)]
    const toAnn = new Heard(await subscribe(annClient, notifications(ann)), 'new_chat')
    const toBob = new Heard(await subscribe(bobClient, notifications(bob)), 'new_chat')
    const first = await requestChat(url, ann, bob)
    const second = await requestChat(url, ann, bob)
    const third = await requestChat(url, bob, ann)
    assert.deepEqual(await toBob.first(2), [first.body, second.body])
    assert.deepEqual(await toAnn.first(1), [third.body])
    assert.deepEqual([toAnn.events.length, toBob.events.length], [1, 2])
  })

  test('hears new_message as the sender was answered, in order, the sender included', async () => {
    const toAnn = new Heard(await subscribe(connect(ann), channel), 'new_message')
    const toBob = new Heard(await subscribe(connect(bob), channel), 'new_message')
    const sent = []
    for (const text of ['one', 'two 🦊', '</script>"\\\n']) {
      sent.push((await sendMessage(url, { from: ann, to: bob, channel }, text)).body)
    }
    const json = { from_user: String(bob.id), to_user: ann.id, message: 'three', channel }
    sent.push((await ask(url, '/api/send_message', { token: bob.token, json })).body)
    assert.deepEqual(await toAnn.first(4), sent)
    assert.deepEqual(await toBob.first(4), sent)
  })

  testOwn('hears a message before its sender is answered', async () => {
    const heard = new Heard(await subscribe(connect(bob), channel), 'new_message')
    for (let count = 1; count <= 20; count++) {
      await sendMessage(url, { from: ann, to: bob, channel }, `message ${count}`)
      assert.equal(heard.events.length, count)
    }
  })

  test('misses nothing sent after it was told that it is subscribed', async () => {
    const client = connect(bob)
    for (let round = 0; round < 20; round++) {
      const heard = new Heard(await subscribe(client, channel), 'new_message')
      const { body } = await sendMessage(url, { from: ann, to: bob, channel }, `round ${round}`)
      assert.deepEqual(await heard.first(1), [body])
      client.unsubscribe(channel)
    }
  })

  test('hears the same on the presence channel of the chat, and who is there', async () => {
    const name = channel.replace('private', 'presence')
    const here = await subscribe(connect(ann), name)
    const arrivals = new Heard(here, 'pusher:member_added')
    const both = [
      new Heard(here, 'new_message'),
      new Heard(await subscribe(connect(bob), name), 'new_message'),
    ]
    assert.deepEqual(await arrivals.first(1), [{ id: String(bob.id), info: { username: bob.username } }])
    const { body } = await sendMessage(url, { from: ann, to: bob, channel }, 'hi')
    for (const heard of both) assert.deepEqual(await heard.first(1), [body])
  })

  test("is refused another's channels", async () => {
    const [ann, bob, eve] = crowd.three()
    const channel = await openChat(url, ann, bob)
    const client = connect(eve)
    for (const name of [channel, channel.replace('private', 'presence'), notifications(ann)]) {
      await assert.rejects(subscribe(client, name), { status: 403 })
    }
  })

  test('hears a message that is long, though API triggers are limited', async () => {
    const heard = new Heard(await subscribe(connect(bob), channel), 'new_message')
    const { body } = await sendMessage(url, { from: ann, to: bob, channel }, '\u0001'.repeat(8192))
    assert.deepEqual(await heard.first(1), [body])
  })
})

describe('laravel-echo', () => {
  test('hears messages and chats', async () => {
    const echo = new Echo({
      broadcaster: 'pusher',
      client: connect(bob),
      key: KEYS.PUSHER_KEY,
      namespace: false,
    })
    const [messages, chats]: [unknown[], unknown[]] = [[], []]
    const subscribed = Promise.all([
      new Promise((resolve) =>
        echo.private(channel.slice('private-'.length)).subscribed(() => resolve(true)),
      ),
      new Promise((resolve) => echo.private(`notification_user_${bob.id}`).subscribed(() => resolve(true))),
    ])
    echo
      .private(channel.slice('private-'.length))
      .listen('.new_message', (data: unknown) => messages.push(data))
    echo.private(`notification_user_${bob.id}`).listen('.new_chat', (data: unknown) => chats.push(data))
    await subscribed
    const chat = await requestChat(url, ann, bob)
    const message = await sendMessage(url, { from: ann, to: bob, channel }, 'hi')
    await until('both events', () => messages.length === 1 && chats.length === 1)
    assert.deepEqual([messages, chats], [[message.body], [chat.body]])
  })
})

describe('the pusher server library', () => {
  const library = (): PusherServerLibrary => {
    const { hostname: host, port } = new URL(url)
    const { PUSHER_APP_ID: appId, PUSHER_KEY: key, PUSHER_SECRET: secret } = KEYS
    return new PusherServerLibrary({ appId, key, secret, host, port, useTLS: false })
  }

  test('triggers events beside those of the chat', async () => {
    const subscribed = await subscribe(connect(bob), channel)
    const [typing, messages] = [new Heard(subscribed, 'typing'), new Heard(subscribed, 'new_message')]
    const reply = await library().trigger(channel, 'typing', { who: ann.id })
    assert.equal(reply.status, 200)
    await sendMessage(url, { from: ann, to: bob, channel }, 'hi')
    await messages.first(1)
    assert.deepEqual(await typing.first(1), [{ who: ann.id }])
  })

  test('sees which channels are occupied', async () => {
    await subscribe(connect(bob), channel)
    const reply = await library().get({ path: '/channels', params: { filter_by_prefix: channel } })
    assert.deepEqual(await reply.json(), { channels: { [channel]: {} } })
  })
})

describe('a message of another dialect', () => {
  testOwn('arrives as new_message, with plain ids and the canonical name', async () => {
    const heard = new Heard(await subscribe(connect(bob), channel), 'new_message')
    const { conversations, messages } = own().chat
    const sender = await accountOf(ann)
    const conversation = await conversations.findPrivate(toAccountId(ann.id), toAccountId(bob.id))
    assert.ok(conversation)
    const standing = await conversations.standing(sender.accountId, conversation.conversationId)
    assert.ok(standing)
    const { messageId: id } = await messages.send(sender, standing, { body: 'hello from elsewhere' })
    const event = { id, from_user: ann.id, to_user: bob.id, message: 'hello from elsewhere', channel }
    assert.deepEqual(await heard.first(1), [event])
    const { body } = await ask(url, `/api/get_message/${channel}`, { token: bob.token })
    assert.ok(Array.isArray(body))
    assert.equal(fieldOf(body[0], 'message'), 'hello from elsewhere')
  })

  testOwn('in a group or open conversation has no channel here', async () => {
    const { conversations } = own().chat
    const ids = [toAccountId(ann.id), toAccountId(bob.id)] as const
    const { conversation } = await conversations.createGroup(ids[0], ids, null)
    const id = conversation.conversationId
    const history = await ask(url, `/api/get_message/${id}`, { token: ann.token })
    assert.deepEqual(answered(history), [200, []])
    assertError(await sendMessage(url, { from: ann, to: bob, channel: String(id) }, 'hi'), 404)
  })
})

describe('who may not be reached', () => {
  testOwn('is unknown to request_chat: guests, and who blocked the caller', async () => {
    const [ann, bob] = [await person(url, 'ann'), await person(url, 'bob')]
    const { accounts, contacts } = own().chat
    const guest = await accounts.admitGuest(`guest-of-${ann.username}`)
    const asGuest = { ...bob, id: guest.accountId }
    assertError(await requestChat(url, ann, asGuest), 404)
    await contacts.block(toAccountId(bob.id), toAccountId(ann.id))
    assertError(await requestChat(url, ann, bob), 404)
    assert.equal((await requestChat(url, bob, ann)).status, 200)
  })

  testOwn('refuses the messages of whom it blocked', async () => {
    const [ann, bob] = [await person(url, 'ann'), await person(url, 'bob')]
    const channel = await openChat(url, ann, bob)
    await own().chat.contacts.block(toAccountId(bob.id), toAccountId(ann.id))
    assertError(await sendMessage(url, { from: ann, to: bob, channel }, 'hi'), 403)
    assert.equal((await sendMessage(url, { from: bob, to: ann, channel }, 'hi')).status, 200)
  })

  testOwn('is not listed: guests, and who blocked the caller', async () => {
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

describe('revocation', () => {
  /** "Do not come back", by the protocol's ranges. */
  const UNWELCOME = 4009

  testOwn('voids tokens and ends the connections of that account alone', async () => {
    const [ann, bob] = [await person(url, 'ann'), await person(url, 'bob')]
    const channel = await openChat(url, ann, bob)
    const hers = new BareSubscriber(url)
    await hers.subscribe(url, ann, channel)
    const his = connect(bob)
    const heard = new Heard(await subscribe(his, channel), 'new_message')
    await own().chat.accounts.revokeCredentials(toAccountId(ann.id))
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

  testOwn('of a disabled account lets nobody in again', async () => {
    const [ann, bob] = [await person(url, 'ann'), await person(url, 'bob')]
    const hers = new BareSubscriber(url)
    await hers.subscribe(url, ann, notifications(ann))
    await own().chat.accounts.disable(toAccountId(ann.id))
    assert.equal(await hers.closed, UNWELCOME)
    assert.equal((await ask(url, '/api/users', { token: ann.token })).status, 401)
    assertError(await requestChat(url, bob, ann), 404)
  })
})

describe('presence', () => {
  testOwn('counts who listens as online', async () => {
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

describe('settings', () => {
  testOwn('CHANNELS_TOKEN_TTL: a token expires', async () => {
    await using brief = await disposable({ CHANNELS_TOKEN_TTL: '1' })
    const { token } = await person(brief.url, 'ann')
    const expired = await until('the end of the token', async () => {
      const reply = await ask(brief.url, '/api/users', { token })
      return reply.status === 200 ? undefined : reply
    })
    assert.deepEqual(answered(expired), [401, { msg: 'Token has expired' }])
  })

  testOwn('CHANNELS_HISTORY_LIMIT: the newest messages are shown', async () => {
    await using small = await disposable({ CHANNELS_HISTORY_LIMIT: '2' })
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

  testOwn('PARLANCE_RATE_LIMITS: too much is answered 429 with Retry-After', async () => {
    await using strict = await disposable({ PARLANCE_RATE_LIMITS: 'on' })
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

async function disposable(settings: Readonly<Record<string, string>>) {
  const started = await startParlance({ PARLANCE_DIALECTS: 'channels', ...KEYS, ...settings })
  return { ...started, [Symbol.asyncDispose]: () => started.close() }
}

describe('a port of its own', () => {
  testOwn('answers every path in this dialect, and serves Pusher too', async () => {
    await using both = await disposable({ PARLANCE_PORTS: 'channels:0' })
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

describe('hosted Pusher', () => {
  testOwn('gets each message and chat, from the node that committed it', async () => {
    // A second server of ours is the hosted one: it knows nothing of these accounts.
    await using hosting = await disposable({})
    const { hostname: host, port } = new URL(hosting.url)
    await using front = await mountHosted({ host, port: Number(port) })
    const client = connect(await logInAt(front.url, bob), hosting.url, front.url)
    const messages = new Heard(await subscribe(client, channel), 'new_message')
    const chats = new Heard(await subscribe(client, notifications(bob)), 'new_chat')
    const present = new Heard(await subscribe(client, channel.replace('private', 'presence')), 'new_message')
    const from = await logInAt(front.url, ann)
    const chat = await requestChat(front.url, from, bob)
    const direct = await sendMessage(front.url, { from, to: bob, channel }, 'through the hosted dialect')
    const other = await sendMessage(url, { from: ann, to: bob, channel }, 'through another')
    assert.deepEqual(await chats.first(1), [chat.body])
    assert.deepEqual(await messages.first(2), [direct.body, other.body])
    assert.deepEqual(await present.first(2), [direct.body, other.body])
  })

  testOwn('that is away fails no request', async () => {
    await using front = await mountHosted({ host: '127.0.0.1', port: 9 })
    const from = await logInAt(front.url, ann)
    assert.equal((await requestChat(front.url, from, bob)).status, 200)
    assert.equal((await sendMessage(front.url, { from, to: bob, channel }, 'hi')).status, 200)
  })
})

/** The dialect once more over the same accounts, with its events going elsewhere. */
async function mountHosted(where: { host: string; port: number }) {
  const { PUSHER_APP_ID: appId, PUSHER_KEY: key, PUSHER_SECRET: secret } = KEYS
  const credentials = { appId, key, secret }
  const publisher = createHostedPublisher({ credentials, cluster: 'none', useTLS: false, ...where })
  const bus = new LocalBus((error) => assert.ifError(error))
  const dialect = mountChannels({
    chat: own().chat,
    bus,
    feeds: new DirectFeeds(bus),
    limits: new Limits(false),
    addressOf: () => 'test',
    log: pino({ level: 'silent' }),
    tokenKey: 'another key',
    tokenTtlSeconds: 900,
    historyLimit: 10,
    pusher: { mode: 'hosted', publisher },
  })
  const http = dialect.http ?? assert.fail()
  return {
    url: await http.listen({ host: '127.0.0.1', port: 0 }),
    async [Symbol.asyncDispose]() {
      await dialect.close()
      await http.close()
    },
  }
}

const logInAt = async (front: string, who: Person): Promise<Person> => logIn(front, who.username)
