import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import Echo from 'laravel-echo'
import { pino } from 'pino'
import PusherServerLibrary from 'pusher'
import { LongAnswers } from '../../src/answers/index.ts'
import { LocalBus } from '../../src/bus/local.ts'
import { DirectFeeds } from '../../src/delivery/index.ts'
import { mountChannels } from '../../src/dialects/channels/index.ts'
import { FileLines, FileLinks } from '../../src/dialects/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { newTally } from '../../src/lib/tally.ts'
import { createHostedPublisher } from '../../src/pusher/index.ts'
import { Limits } from '../../src/transport/index.ts'
import {
  ask,
  Heard,
  KEYS,
  logIn,
  openChat,
  type Person,
  requestChat,
  sendMessage,
  subscribe,
} from '../support/channels.ts'
import { describeOwn, ownOf, testOwn } from '../support/own.ts'
import { until } from '../support/until.ts'
import { notifications, openWorld, startAnother } from './channels-world.ts'

const { server, url, pair, three, connect } = await openWorld(7)
const own = () => ownOf(server)

let ann: Person
let bob: Person
let channel: string
beforeEach(async () => {
  ;[ann, bob] = pair()
  channel = await openChat(url, ann, bob)
})

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

  test('hears the same on the presence channel of the chat, with its members', async () => {
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
    const [ann, bob, eve] = three()
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

describeOwn('hosted Pusher', () => {
  test('gets each message and chat, from the node that committed it', async () => {
    // A second server of ours is the hosted one: it knows nothing of these accounts.
    await using hosting = await startAnother({})
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

  test('that is away fails no request', async () => {
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
  const limits = new Limits(false)
  const dialect = mountChannels({
    chat: own().chat,
    bus,
    feeds: new DirectFeeds({ bus, onError: (error) => assert.ifError(error) }),
    clock: systemClock(),
    limits,
    answers: new LongAnswers(limits),
    lines: new FileLines(new FileLinks({ key: 'test', base: () => undefined })),
    addressOf: () => 'test',
    log: pino({ level: 'silent' }),
    tally: newTally(),
    tokenKey: 'another key',
    tokenTtlSeconds: 900,
    historyLimit: 10,
    presenceNames: [],
    endsWithToken: false,
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
