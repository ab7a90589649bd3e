import assert from 'node:assert/strict'
import { after, before, mock, test } from 'node:test'
import { BareSubscriber, fieldOf, KEYS, logIn, openChat, person } from '../support/channels.ts'
import { type ChatappClient, ChatappHttp, success } from '../support/chatapp.ts'
import { startParlance, type TestServer } from '../support/server.ts'

// The machine's clock is set while the servers run; everything else takes the time it takes.

const NOON = 1_700_000_000_000
const MINUTE = 60_000

let ending: TestServer
let lasting: TestServer
before(async () => {
  mock.timers.enable({ apis: ['Date'], now: NOON })
  ending = await startParlance({ ...KEYS, CHATAPP_END_WITH_TOKEN: 'true', CHANNELS_END_WITH_TOKEN: 'true' })
  lasting = await startParlance(KEYS)
})
after(async () => {
  mock.timers.reset()
  await Promise.all([ending.close(), lasting.close()])
})

const wait = (minutes: number) => mock.timers.setTime(Date.now() + minutes * MINUTE)

async function connectChatapp({ url }: TestServer): Promise<ChatappClient> {
  const http = new ChatappHttp(url)
  return http.join('ann')
}

test('a connection of chatapp ends with its token where that is set, and outlives it where not', async () => {
  const [there, other] = [await connectChatapp(ending), await connectChatapp(lasting)]
  wait(59)
  const later = await connectChatapp(ending)
  wait(2)
  assert.deepEqual(await there.closed, { code: 1000, reason: 'invalid login-token' })
  for (const client of [other, later])
    assert.deepEqual(await client.ask({ type: 'ping' }), success('ping', 'pong'))
  wait(60)
  assert.deepEqual(await later.closed, { code: 1000, reason: 'invalid login-token' })
  other.ws.close()
})

/** A subscriber of the channel of ann's notifications. */
async function listen(url: string) {
  const ann = await person(url, 'ann')
  const subscriber = new BareSubscriber(url)
  await subscriber.subscribe(url, ann, `private-notification_user_${ann.id}`)
  return { ann, subscriber }
}

test('a Pusher connection ends with the last token that had it signed, where that is set', async () => {
  const first = await listen(ending.url)
  const second = await listen(ending.url)
  const other = await listen(lasting.url)
  wait(10)
  // The second subscriber has one more channel signed with a fresh token.
  const again = await logIn(ending.url, second.ann.username)
  const channel = await openChat(ending.url, again, await person(ending.url, 'bob'))
  await second.subscriber.subscribe(ending.url, again, channel)
  wait(6)
  assert.equal(await first.subscriber.closed, 4009)
  for (const { subscriber } of [second, other]) {
    subscriber.say('pusher:ping', {})
    assert.deepEqual(await subscriber.hears('pusher:pong'), {})
  }
  wait(10)
  assert.equal(await second.subscriber.closed, 4009)
  assert.equal(fieldOf(await second.subscriber.hears('pusher:error'), 'code'), 4009)
  other.subscriber.close()
})

test('a connection that is gone is not waited for', async () => {
  const [client, { subscriber }] = [await connectChatapp(ending), await listen(ending.url)]
  client.ws.close()
  subscriber.close()
  await Promise.all([client.closed, subscriber.closed])
  wait(61)
  const next = await connectChatapp(ending)
  assert.deepEqual(await next.ask({ type: 'ping' }), success('ping', 'pong'))
  next.ws.close()
})
