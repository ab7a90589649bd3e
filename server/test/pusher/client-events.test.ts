import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { until } from '../support/until.ts'
import { type PusherWorld, type RawClient, startPusher } from './pusher-world.ts'

let world: PusherWorld

before(async () => {
  world = await startPusher()
})

after(() => world.close())

async function pair(channel: string, data?: readonly [string, string]): Promise<[RawClient, RawClient]> {
  const clients: [RawClient, RawClient] = [await world.raw().opened(), await world.raw().opened()]
  await clients[0].subscribed(channel, data?.[0])
  await clients[1].subscribed(channel, data?.[1])
  return clients
}

test('a client event goes to the other subscribers, never back', async () => {
  const [ann, bob] = await pair('private-a')
  ann.say('client-typing', { is: true }, 'private-a')
  const { raw, channel, user_id } = await bob.next('client-typing')
  assert.equal(raw, '{"is":true}')
  assert.equal(channel, 'private-a')
  assert.equal(user_id, undefined)
  assert.deepEqual(await ann.settled(), [])
})

test('data that is a string is passed on as it is', async () => {
  const [ann, bob] = await pair('private-b')
  ann.say('client-say', 'just text', 'private-b')
  assert.equal((await bob.next('client-say')).raw, 'just text')
})

test('on presence channels a client event says who sent it, whatever it claims', async () => {
  const [ann, bob] = await pair('presence-a', ['{"user_id":"ann"}', '{"user_id":"bob"}'])
  await ann.next('pusher_internal:member_added')
  ann.ws.send('{"event":"client-e","channel":"presence-a","data":{},"user_id":"bob"}')
  assert.equal((await bob.next('client-e')).user_id, 'ann')
})

const REFUSED = [
  ['a public channel', 'news', 'client-e', {}],
  ['an encrypted channel', 'private-encrypted-a', 'client-e', {}],
  ['a channel one is not subscribed to', 'private-other', 'client-e', {}],
  ['a name that is too long', 'private-c', `client-${'e'.repeat(194)}`, {}],
  ['data that is too large', 'private-c', 'client-e', 'x'.repeat(10 * 1024 + 1)],
] as const

for (const [name, channel, event, data] of REFUSED) {
  test(`a client event is refused for ${name}`, async () => {
    const client = await world.raw().opened()
    for (const other of ['news', 'private-encrypted-a', 'private-c']) await client.subscribed(other)
    client.say(event, data, channel)
    assert.equal((await client.next('pusher:error')).data.code, 4300)
    assert.deepEqual(await client.settled(), [])
  })
}

test('10 KiB of data are allowed, every character of them escaped', async () => {
  const [ann, bob] = await pair('private-d')
  const data = '"'.repeat(10 * 1024)
  ann.say('client-e', data, 'private-d')
  assert.equal((await bob.next('client-e')).raw, data)
})

test('the eleventh client event within a second is refused with 4301', async () => {
  const [ann, bob] = await pair('private-e')
  await until('the beginning of a second', () => performance.now() % 1000 < 100)
  for (let n = 0; n < 11; n++) ann.say('client-e', n, 'private-e')
  assert.equal((await ann.next('pusher:error')).data.code, 4301)
  for (let n = 0; n < 10; n++) assert.equal((await bob.next('client-e')).raw, String(n))
  await until('the next second', () => performance.now() % 1000 > 900)
  await until('the next second', () => performance.now() % 1000 < 100)
  ann.say('client-e', 11, 'private-e')
  assert.equal((await bob.next('client-e')).raw, '11')
})

test('pusher-js triggers and hears client events', async () => {
  const [ann, bob] = [await world.js(), await world.js()]
  const channels = [ann, bob].map((client) => client.subscribe('private-js'))
  await until('both to be subscribed', () => channels.every(({ subscribed }) => subscribed))
  const heard: unknown[] = []
  channels[1]?.bind('client-wave', (data: unknown) => heard.push(data))
  channels[0]?.trigger('client-wave', { hand: 'left' })
  await until('the wave', () => heard.length > 0)
  assert.deepEqual(heard, [{ hand: 'left' }])
})
