import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Listener, Topic, Unsubscribe } from '../../src/bus/bus.ts'
import { LocalBus } from '../../src/bus/local.ts'
import { until } from '../support/until.ts'
import { CREDENTIALS, jsDefaults, type PusherWorld, type RawClient, startPusher } from './pusher-world.ts'

let world: PusherWorld

before(async () => {
  world = await startPusher()
})

after(() => world.close())

function userAuth(socketId: string, userData: string): string {
  const text = `${socketId}::user::${userData}`
  return `${CREDENTIALS.key}:${createHmac('sha256', CREDENTIALS.secret).update(text).digest('hex')}`
}

function signIn(client: RawClient, userData: string, auth = userAuth(client.socketId, userData)): void {
  client.say('pusher:signin', { auth, user_data: userData })
}

async function signedIn(userId: string): Promise<RawClient> {
  const client = await world.raw().opened()
  signIn(client, JSON.stringify({ id: userId, user_info: { name: userId } }))
  await client.next('pusher:signin_success')
  return client
}

test('a signed user is confirmed with the very data', async () => {
  const client = await world.raw().opened()
  const userData = '{ "id": "ann", "extra": 1 }'
  signIn(client, userData)
  assert.deepEqual((await client.next('pusher:signin_success')).data, { user_data: userData })
})

const REFUSED = [
  ['a forged signature', '{"id":"ann"}', 'key:0'],
  ['no id', '{"name":"ann"}', undefined],
  ['an empty id', '{"id":""}', undefined],
  ['no JSON', 'ann', undefined],
] as const

for (const [name, userData, auth] of REFUSED) {
  test(`a sign-in with ${name} is refused, and closes with 4009`, async () => {
    const client = await world.raw().opened()
    signIn(client, userData, auth)
    assert.equal((await client.next('pusher:error')).data.code, 4009)
    assert.equal((await client.gone()).code, 4009)
  })
}

test('a signature of another connection, or of a channel, signs nobody in', async () => {
  const others = (client: RawClient) => [
    userAuth('1.1', '{"id":"ann"}'),
    world.server.authorizeChannel(client.socketId, '{"id":"ann"}').auth,
  ]
  for (const which of [0, 1]) {
    const client = await world.raw().opened()
    signIn(client, '{"id":"ann"}', others(client)[which])
    assert.equal((await client.gone()).code, 4009)
  }
})

test('one connection is one user', async () => {
  const client = await signedIn('ann')
  signIn(client, '{"id":"ann"}')
  await client.next('pusher:signin_success')
  signIn(client, '{"id":"bob"}')
  assert.equal((await client.next('pusher:error')).data.code, 4009)
  assert.equal((await client.gone()).code, 4009)
})

test('pusher-js does not come back with a sign-in that was refused', async () => {
  const js = await world.js({
    userAuthentication: {
      transport: 'ajax',
      endpoint: '',
      customHandler: (_params, callback) => callback(null, { auth: 'key:0', user_data: '{"id":"ann"}' }),
    },
  })
  js.signin()
  await until('the end', () => js.connection.state === 'disconnected')
})

test('only the user himself hears what is sent to him', async () => {
  const [ann, bob] = [await signedIn('ann'), await signedIn('bob')]
  ann.say('pusher:subscribe', { channel: '#server-to-user-ann', auth: '' })
  await ann.next('pusher_internal:subscription_succeeded')
  bob.subscribe('#server-to-user-ann')
  assert.equal((await bob.next('pusher:error')).data.code, 4009)
  await bob.next('pusher:subscription_error')
  await world.library.sendToUser('ann', 'mail', { n: 1 })
  assert.deepEqual((await ann.next('mail')).data, { n: 1 })
  const { channels } = (await (await world.library.get({ path: '/channels' })).json()) as { channels: object }
  assert.deepEqual(Object.keys(channels), [])
})

test('on presence channels a signed-in user needs no channel data', async () => {
  const client = await signedIn('eve')
  const { data } = await client.subscribed('presence-a')
  assert.deepEqual(data.presence, { ids: ['eve'], hash: { eve: { name: 'eve' } }, count: 1 })
})

test('all connections of a user are terminated at once, and nobody else’s', async () => {
  const [phone, laptop, other] = [await signedIn('mal'), await signedIn('mal'), await signedIn('ann')]
  await phone.subscribed('news')
  await world.library.terminateUserConnections('mal')
  for (const client of [phone, laptop]) {
    assert.equal((await client.gone()).code, 4009)
    assert.equal(client.messages.at(-1)?.data.code, 4009)
  }
  assert.deepEqual(await other.settled(), [])
  await signedIn('mal')
})

/** Knows how many topics of users somebody listens to. */
class CountingBus extends LocalBus {
  ofUsers = 0

  override subscribe<T>(topic: Topic<T>, listener: Listener<T>): Unsubscribe {
    const unsubscribe = super.subscribe(topic, listener)
    const step = topic.name.startsWith('pusher:user:') ? 1 : 0
    this.ofUsers += step
    return () => {
      this.ofUsers -= step
      unsubscribe()
    }
  }
}

/** More than sockets keep of the answers, so that the next sign-in waits until some are read. */
const SIGN_INS = 1_500

test('a user who is terminated while a sign-in waits does not sign in afterwards', async () => {
  const bus = new CountingBus((error) => assert.fail(String(error)))
  await using crowded = await startPusher({ bus })
  const client = await crowded.raw().opened()
  const userData = JSON.stringify({ id: 'ann', pad: 'x'.repeat(9_000) })
  client.ws.pause()
  for (let n = 0; n < SIGN_INS; n++) signIn(client, userData)
  const unsent: number[] = []
  await until('the server to read no more', () => {
    unsent.push(client.ws.bufferedAmount)
    return unsent.length > 50 && new Set(unsent.slice(-50)).size === 1
  })
  assert.ok(client.ws.bufferedAmount > 0, 'it waits')
  crowded.server.terminateUser('ann')
  client.ws.terminate()
  await crowded.server.close()
  assert.equal(bus.ofUsers, 0)
})

test('a user whose id has to be escaped in a path is terminated too', async () => {
  const client = await signedIn('anna müller')
  await world.library.terminateUserConnections('anna müller')
  assert.equal((await client.gone()).code, 4009)
})

test('pusher-js signs in, hears what is sent to its user, and is terminated', async () => {
  const js = await world.js(jsDefaults(world.host, world.port, world.library, 'jo'))
  const codes: unknown[] = []
  js.connection.bind('error', ({ data }: { data: { code: number } }) => {
    codes.push(data.code)
    // Closed by the server, its WebSocket would hold the process for half a minute.
    js.disconnect()
  })
  const heard: unknown[] = []
  js.user.bind('mail', (data: unknown) => heard.push(data))
  js.signin()
  await until('the subscription', () => js.user.serverToUserChannel?.subscribed)
  await world.library.sendToUser('jo', 'mail', { n: 1 })
  await until('the mail', () => heard.length > 0)
  assert.deepEqual(heard, [{ n: 1 }])
  world.server.terminateUser('jo')
  await until('the end', () => codes.length > 0)
  assert.deepEqual(codes, [4009])
})
