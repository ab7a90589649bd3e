import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import PusherLibrary from 'pusher'
import { CREDENTIALS, type PusherWorld, startPusher } from './pusher-world.ts'

let world: PusherWorld

before(async () => {
  world = await startPusher()
})

after(() => world.close())

interface Ask {
  readonly method?: string
  readonly path?: string
  readonly body?: string
  /** Parameters beside those of authentication, or in place of them; undefined leaves one out. */
  readonly params?: Readonly<Record<string, string | undefined>>
  readonly secret?: string
}

/** A request signed by hand. */
async function ask({ method = 'GET', path = '/apps/7/channels', body, params = {}, secret }: Ask) {
  const all: Record<string, string | undefined> = {
    auth_key: CREDENTIALS.key,
    auth_timestamp: String(Math.floor(Date.now() / 1000)),
    auth_version: '1.0',
    ...(body !== undefined && { body_md5: createHash('md5').update(body).digest('hex') }),
    ...params,
  }
  const pairs = Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))
  const signed = pairs
    .map(([key = '', value]) => [key.toLowerCase(), value])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&')
  const signature = createHmac('sha256', secret ?? CREDENTIALS.secret)
    .update(`${method}\n${path}\n${signed}`)
    .digest('hex')
  const query = new URLSearchParams([['auth_signature', signature], ...pairs])
  const response = await fetch(`${world.url}${path}?${query}`, {
    method,
    ...(body !== undefined && { body }),
  })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

const event = (fields: object): Ask => ({
  method: 'POST',
  path: '/apps/7/events',
  body: JSON.stringify(fields),
})
const EVENT = { name: 'e', data: '1', channel: 'news' }

test('a signed request is served, with JSON', async () => {
  assert.deepEqual(await ask({}), {
    status: 200,
    type: 'application/json; charset=utf-8',
    text: '{"channels":{}}',
  })
})

const now = Math.floor(Date.now() / 1000)

const UNAUTHORIZED: readonly (readonly [string, Ask])[] = [
  ['another secret', { secret: 'guess' }],
  ['an unknown key', { params: { auth_key: 'nobody' } }],
  ['no key', { params: { auth_key: undefined } }],
  ['another version', { params: { auth_version: '2.0' } }],
  ['no timestamp', { params: { auth_timestamp: undefined } }],
  ['a timestamp of long ago', { params: { auth_timestamp: String(now - 610) } }],
  ['a timestamp far ahead', { params: { auth_timestamp: String(now + 620) } }],
  ['a timestamp that is no number', { params: { auth_timestamp: 'soon' } }],
  ['another app', { path: '/apps/8/channels' }],
  ['a body that is not the signed one', { ...event(EVENT), params: { body_md5: '0'.repeat(32) } }],
  ['a body that is not signed at all', { ...event(EVENT), params: { body_md5: undefined } }],
]

for (const [name, request] of UNAUTHORIZED) {
  test(`a request with ${name} gets 401 and an explanation`, async () => {
    const { status, type, text } = await ask(request)
    assert.equal(status, 401)
    assert.equal(type, 'text/plain; charset=utf-8')
    assert.ok(text.length > 10)
  })
}

test('a refused signature comes with the text to sign', async () => {
  const { text } = await ask({ secret: 'guess' })
  assert.match(text, /HmacSHA256Hex\("GET\\n\/apps\/7\/channels\\nauth_key=key&auth_timestamp=/)
})

test('an unsigned body is not even read', async () => {
  const response = await fetch(`${world.url}/apps/7/events`, { method: 'POST', body: 'x'.repeat(3_000_000) })
  assert.equal(response.status, 401)
  await response.text()
})

test('keys of the query are signed in lower case and sorted', async () => {
  const { status } = await ask({ params: { Zebra: 'a b', Info: '' } })
  assert.equal(status, 200)
})

test('the documented example of a signature is valid', async () => {
  const body = '{"name":"foo","channels":["project-3"],"data":"{\\"some\\":\\"data\\"}"}'
  await using documented = await startPusher({
    credentials: { appId: '3', key: '278d425bdf160c739803', secret: '7ad3773142a6692b25b8' },
    clock: { nowMicros: () => 1353088179 * 1e6 },
  })
  const response = await fetch(
    `${documented.url}/apps/3/events?auth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0&body_md5=ec365a775a4cd0599faeb73354201b6f&auth_signature=da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c`,
    { method: 'POST', body, headers: { 'content-type': 'application/json' } },
  )
  assert.deepEqual([response.status, await response.text()], [200, '{}'])
})

test('an unknown path is answered 404, and a wrong method 405', async () => {
  assert.equal((await ask({ path: '/apps/7/nothing' })).status, 404)
  assert.equal((await ask({ path: '/apps/7/events' })).status, 405)
})

const INVALID: readonly (readonly [string, Ask, number])[] = [
  ['no JSON', { ...event({}), body: 'hello' }, 400],
  ['no object', { ...event({}), body: '[]' }, 400],
  ['no channel', event({ ...EVENT, channel: undefined }), 400],
  ['a channel name that is none', event({ ...EVENT, channel: 'a b' }), 400],
  ['a channel that is an object', event({ ...EVENT, channel: { $gt: '' } }), 400],
  ['no channels', event({ ...EVENT, channels: [] }), 400],
  ['channels that are no list', event({ ...EVENT, channels: 'news' }), 400],
  ['101 channels', event({ ...EVENT, channels: Array.from({ length: 101 }, (_, i) => `c${i}`) }), 400],
  ['a channel name of 201 characters', event({ ...EVENT, channel: 'c'.repeat(201) }), 400],
  ['no event name', event({ ...EVENT, name: undefined }), 400],
  ['an event name of 201 characters', event({ ...EVENT, name: 'e'.repeat(201) }), 400],
  ['no data', event({ ...EVENT, data: undefined }), 400],
  ['data that is no string', event({ ...EVENT, data: { a: 1 } }), 400],
  ['a socket id that is none', event({ ...EVENT, socket_id: '12' }), 400],
  ['an unknown attribute', event({ ...EVENT, info: 'colour' }), 400],
  ['data of more than 10 KiB', event({ ...EVENT, data: 'x'.repeat(10 * 1024 + 1) }), 413],
  ['a body of more than 1 MiB', event({ ...EVENT, data: 'x'.repeat(1024 * 1024) }), 413],
  ['no batch', { ...event({}), path: '/apps/7/batch_events' }, 400],
  ['a batch of 11', { ...event({ batch: Array(11).fill(EVENT) }), path: '/apps/7/batch_events' }, 400],
  ['a batch of no objects', { ...event({ batch: [1] }), path: '/apps/7/batch_events' }, 400],
  [
    'a batch with a large event',
    { ...event({ batch: [{ ...EVENT, data: 'x'.repeat(10_241) }] }), path: '/apps/7/batch_events' },
    413,
  ],
  ['user counts of channels that have none', { params: { info: 'user_count' } }, 400],
  [
    'the user count of a public channel',
    { path: '/apps/7/channels/news', params: { info: 'user_count' } },
    400,
  ],
  ['the users of a private channel', { path: '/apps/7/channels/private-a/users' }, 400],
  ['a channel by a name that is none', { path: '/apps/7/channels/a b' }, 400],
]

for (const [name, request, expected] of INVALID) {
  test(`${name} gets ${expected} and an explanation`, async () => {
    const { status, type, text } = await ask(request)
    assert.equal(status, expected)
    assert.equal(type, 'text/plain; charset=utf-8')
    assert.ok(text.length > 5)
  })
}

for (const name of ['pusher:foo', 'pusher_internal:member_added']) {
  test(`an event that is named ${name} is refused as reserved`, async () => {
    const { status, text } = await ask(event({ ...EVENT, name }))
    assert.equal(status, 400)
    assert.match(text, /reserved/)
  })
}

test('nothing of a batch is sent when one of its events is refused', async () => {
  const client = await world.raw().opened()
  await client.subscribed('news')
  const batch = [EVENT, { ...EVENT, name: '' }]
  assert.equal((await ask({ ...event({ batch }), path: '/apps/7/batch_events' })).status, 400)
  assert.deepEqual(await client.settled(), [])
})

test('an event goes to all its channels, but not to the connection left out', async () => {
  const [ann, bob] = [await world.raw().opened(), await world.raw().opened()]
  for (const client of [ann, bob]) for (const name of ['a', 'private-b']) await client.subscribed(name)
  await world.library.trigger(['a', 'private-b', 'a'], 'hello', { n: 1 }, { socket_id: ann.socketId })
  for (const name of ['a', 'private-b']) {
    const { channel, data } = await bob.next('hello')
    assert.deepEqual([channel, data], [name, { n: 1 }])
  }
  assert.deepEqual(await ann.settled(), [])
})

test('parameters of an event may stand in the query', async () => {
  const client = await world.raw().opened()
  await client.subscribed('query')
  const request = { method: 'POST', path: '/apps/7/events' }
  const params = { name: 'e', data: '{"a":"b c"}', 'channels[]': 'query' }
  assert.deepEqual((await ask({ ...request, params })).text, '{}')
  assert.deepEqual((await client.next('e')).data, { a: 'b c' })
})

test('the official library triggers batches, and learns who received them', async () => {
  const client = await world.raw().opened()
  await client.subscribed('presence-batch', '{"user_id":"ann"}')
  await client.subscribed('batch')
  const response = await world.library.triggerBatch([
    { channel: 'batch', name: 'one', data: { n: 1 }, info: 'subscription_count' },
    { channel: 'presence-batch', name: 'two', data: 'text', info: 'user_count,subscription_count' },
    { channel: 'nobody', name: 'three', data: '' },
  ])
  assert.deepEqual(await response.json(), {
    batch: [{ subscription_count: 1 }, { user_count: 1, subscription_count: 1 }, {}],
  })
  await client.next('one')
  assert.equal((await client.next('two')).raw, 'text')
})

test('the official library learns of channels, their counts and their users', async () => {
  await using own = await startPusher()
  const get = async (path: string, params: Record<string, string> = {}) =>
    (await own.library.get({ path, params })).json()
  const clients = [await own.raw().opened(), await own.raw().opened(), await own.raw().opened()]
  for (const client of clients) await client.subscribed('private-a')
  for (const [i, client] of clients.entries()) {
    await client.subscribed('presence-b', JSON.stringify({ user_id: i % 2 }))
  }
  assert.deepEqual(await get('/channels'), { channels: { 'private-a': {}, 'presence-b': {} } })
  assert.deepEqual(await get('/channels', { filter_by_prefix: 'presence-', info: 'user_count' }), {
    channels: { 'presence-b': { user_count: 2 } },
  })
  assert.deepEqual(await get('/channels/presence-b', { info: 'user_count,subscription_count' }), {
    occupied: true,
    user_count: 2,
    subscription_count: 3,
  })
  assert.deepEqual(await get('/channels/private-a', { info: 'subscription_count' }), {
    occupied: true,
    subscription_count: 3,
  })
  assert.deepEqual(await get('/channels/nobody'), { occupied: false })
  assert.deepEqual(await get('/channels/presence-b/users'), { users: [{ id: '0' }, { id: '1' }] })
  assert.deepEqual(await get('/channels/presence-nobody/users'), { users: [] })
  const answer = await own.library.trigger(
    ['private-a', 'presence-b'],
    'e',
    {},
    { info: 'user_count,subscription_count' },
  )
  assert.deepEqual(await answer.json(), {
    channels: {
      'private-a': { subscription_count: 3 },
      'presence-b': { user_count: 2, subscription_count: 3 },
    },
  })
})

test('the official library reports a refusal with its status and explanation', async () => {
  const wrong = new PusherLibrary({
    ...CREDENTIALS,
    secret: 'guess',
    host: world.host,
    port: String(world.port),
  })
  await assert.rejects(wrong.trigger('news', 'e', {}), (error: { status?: number; body?: string }) => {
    assert.equal(error.status, 401)
    return /^Invalid signature/.test(error.body ?? '')
  })
  await assert.rejects(world.library.trigger('news', 'e', 'x'.repeat(10_241)), { status: 413 })
})
