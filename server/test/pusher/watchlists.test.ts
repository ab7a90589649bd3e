import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Limits } from '../../src/transport/index.ts'
import { until } from '../support/until.ts'
import {
  CREDENTIALS,
  jsDefaults,
  localBus,
  type PusherJs,
  type PusherWorld,
  type RawClient,
  startPusher,
} from './pusher-world.ts'

const EVENT = 'pusher_internal:watchlist_events'
const bus = localBus()
const timing = { lingerMs: 20 }
let one: PusherWorld
let two: PusherWorld

before(async () => {
  one = await startPusher({ bus, timing })
  two = await startPusher({ bus, timing })
})

after(async () => {
  await one.close()
  await two.close()
})

function signIn(client: RawClient, user: object): void {
  const user_data = JSON.stringify(user)
  const text = `${client.socketId}::user::${user_data}`
  const signature = createHmac('sha256', CREDENTIALS.secret).update(text).digest('hex')
  client.say('pusher:signin', { auth: `${CREDENTIALS.key}:${signature}`, user_data })
}

async function signedIn(world: PusherWorld, user: object): Promise<RawClient> {
  const client = await world.raw().opened()
  signIn(client, user)
  await client.next('pusher:signin_success')
  return client
}

const told = async (client: RawClient) => {
  const { data, channel } = await client.next(EVENT)
  assert.equal(channel, undefined)
  return data.events
}

test('a user with a watchlist is told who of it is online and who is not, and of each change, on every node', async () => {
  const bob = await signedIn(two, { id: 'bob' })
  const ann = await signedIn(one, { id: 'ann', watchlist: ['bob', 'cem', 7, 'bob'] })
  assert.deepEqual(await told(ann), [
    { name: 'online', user_ids: ['bob'] },
    { name: 'offline', user_ids: ['cem', '7'] },
  ])
  const seven = await signedIn(two, { id: 7 })
  assert.deepEqual(await told(ann), [{ name: 'online', user_ids: ['7'] }])
  const second = await signedIn(one, { id: 'bob' })
  await bob.close()
  await seven.close()
  assert.deepEqual(await told(ann), [{ name: 'offline', user_ids: ['7'] }])
  second.ws.terminate()
  assert.deepEqual(await told(ann), [{ name: 'offline', user_ids: ['bob'] }])
  assert.deepEqual(await ann.settled(), [])
})

test('a user who comes back at once, at whichever node, was never offline', async () => {
  const lasting = { lingerMs: 60_000 }
  await using here = await startPusher({ bus, timing: lasting })
  const bob = await signedIn(here, { id: 'bo' })
  const ann = await signedIn(two, { id: 'an', watchlist: ['bo', 'last'] })
  await told(ann)
  await bob.close()
  await signedIn(one, { id: 'bo' })
  await signedIn(one, { id: 'last' })
  assert.deepEqual(await told(ann), [{ name: 'online', user_ids: ['last'] }])
})

test('another sign-in replaces the watchlist', async () => {
  const ann = await signedIn(one, { id: 'ann2', watchlist: ['old', 'both'] })
  await told(ann)
  signIn(ann, { id: 'ann2', watchlist: ['both', 'new'] })
  await ann.next('pusher:signin_success')
  assert.deepEqual(await told(ann), [{ name: 'offline', user_ids: ['both', 'new'] }])
  for (const id of ['old', 'both', 'new']) await signedIn(two, { id })
  assert.deepEqual(await told(ann), [{ name: 'online', user_ids: ['both'] }])
  assert.deepEqual(await told(ann), [{ name: 'online', user_ids: ['new'] }])
  signIn(ann, { id: 'ann2' })
  await ann.next('pusher:signin_success')
  await signedIn(two, { id: 'old' })
  assert.deepEqual(await ann.settled(), [])
})

const UNFIT = [
  ['more than 100 users', Array.from({ length: 101 }, (_, i) => `u${i}`)],
  ['no list', 'bob'],
  ['an entry that is no user id', ['bob', null]],
  ['an empty user id', ['']],
  ['an object', [{ id: 'bob' }]],
] as const

for (const [name, watchlist] of UNFIT) {
  test(`a watchlist of ${name} is an error; the user is signed in`, async () => {
    const client = await signedIn(one, { id: 'ann3', watchlist })
    const { data } = await client.next('pusher:error')
    assert.equal(data.code, 4302)
    assert.match(String(data.message), /at most 100 user ids/)
    assert.deepEqual(await client.settled(), [])
  })
}

test('100 users of the longest ids may be watched', async () => {
  const watchlist = Array.from({ length: 100 }, (_, i) => String(i).padStart(128, 'x'))
  const client = await signedIn(one, { id: 'ann4', watchlist })
  assert.deepEqual(await told(client), [{ name: 'offline', user_ids: watchlist }])
})

test('the clients of one address may watch 50,000 users together, and no more', async () => {
  const limits = new Limits(true)
  await using world = await startPusher({ limits, timing })
  for (let i = 0; i < 49_999; i++) limits.hold('watch', '127.0.0.1')
  const last = await signedIn(world, { id: 'ann', watchlist: ['bob'] })
  await told(last)
  const refused = await signedIn(world, { id: 'cem', watchlist: ['bob'] })
  assert.equal((await refused.next('pusher:error')).data.code, 4302)
  await signedIn(world, { id: 'bob' })
  await told(last)
  assert.deepEqual(await refused.settled(), [])
  await last.close()
  await until('room', () => limits.mayHold('watch', '127.0.0.1'))
  signIn(refused, { id: 'cem', watchlist: ['bob'] })
  await refused.next('pusher:signin_success')
  await told(refused)
})

test('pusher-js receives the events of its watchlist', async () => {
  const js = await world(one, 'jan', ['jo', 'joe'])
  const heard: unknown[] = []
  for (const name of ['online', 'offline'])
    js.user.watchlist.bind(name, (event: unknown) => heard.push(event))
  js.signin()
  await until('the state', () => heard.length === 1)
  const jo = await world(two, 'jo')
  jo.signin()
  await until('jo to come', () => heard.length === 2)
  jo.disconnect()
  await until('jo to go', () => heard.length === 3)
  assert.deepEqual(heard, [
    { name: 'offline', user_ids: ['jo', 'joe'] },
    { name: 'online', user_ids: ['jo'] },
    { name: 'offline', user_ids: ['jo'] },
  ])
})

const world = (node: PusherWorld, id: string, watchlist?: string[]): Promise<PusherJs> =>
  node.js({
    ...jsDefaults(node.host, node.port, node.library, id),
    userAuthentication: {
      transport: 'ajax',
      endpoint: '',
      customHandler: ({ socketId }, callback) =>
        callback(null, node.library.authenticateUser(socketId, { id, ...(watchlist && { watchlist }) })),
    },
  })

test('a user on their own watchlist is told once that they are online', async () => {
  const client = await signedIn(one, { id: 'selfsame', watchlist: ['selfsame'] })
  const told = () => client.messages.filter(({ event }) => event === EVENT)
  const isTold = () => told().some(({ data }) => JSON.stringify(data).includes('online'))
  await until('the user to be told', isTold)
  // A change after it shows that nothing else is on its way.
  const other = await signedIn(two, { id: 'someone', watchlist: ['selfsame'] })
  await other.next(EVENT)
  await client.settled()
  assert.deepEqual(
    told().map(({ data }) => data),
    [{ events: [{ name: 'online', user_ids: ['selfsame'] }] }],
  )
})
