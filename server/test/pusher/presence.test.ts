import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Members, PresenceChannel } from 'pusher-js'
import { until } from '../support/until.ts'
import { jsDefaults, type PusherWorld, type RawClient, startPusher } from './pusher-world.ts'

let world: PusherWorld

before(async () => {
  world = await startPusher()
})

after(() => world.close())

const ANN = '{"user_id":"ann","user_info":{"name":"Ann"}}'
const BOB = '{"user_id":"bob","user_info":{"name":"Bob"}}'

const connected = (count: number): Promise<RawClient[]> =>
  Promise.all(Array.from({ length: count }, () => world.raw().opened()))

test('a subscriber learns who is there, himself included', async () => {
  const [ann, bob] = (await connected(2)) as [RawClient, RawClient]
  assert.deepEqual((await ann.subscribed('presence-a', ANN)).data, {
    presence: { ids: ['ann'], hash: { ann: { name: 'Ann' } }, count: 1 },
  })
  assert.deepEqual((await bob.subscribed('presence-a', BOB)).data, {
    presence: { ids: ['ann', 'bob'], hash: { ann: { name: 'Ann' }, bob: { name: 'Bob' } }, count: 2 },
  })
})

test('members hear of a user who comes, and of one who goes, whether by leaving or by vanishing', async () => {
  const [ann, bob] = (await connected(2)) as [RawClient, RawClient]
  await ann.subscribed('presence-b', ANN)
  await bob.subscribed('presence-b', BOB)
  const added = await ann.next('pusher_internal:member_added')
  assert.equal(typeof added.raw, 'string')
  assert.deepEqual(added.data, { user_id: 'bob', user_info: { name: 'Bob' } })
  bob.say('pusher:unsubscribe', { channel: 'presence-b' })
  assert.deepEqual((await ann.next('pusher_internal:member_removed')).data, { user_id: 'bob' })
  await bob.subscribed('presence-b', BOB)
  await ann.next('pusher_internal:member_added')
  bob.ws.terminate()
  await ann.next('pusher_internal:member_removed')
})

test('a user with several connections comes once and goes once', async () => {
  const [ann, phone, laptop] = (await connected(3)) as [RawClient, RawClient, RawClient]
  await ann.subscribed('presence-c', ANN)
  await phone.subscribed('presence-c', BOB)
  await ann.next('pusher_internal:member_added')
  const { data } = await laptop.subscribed('presence-c', BOB)
  assert.equal((data.presence as { count: number }).count, 2)
  await phone.close()
  await world.server.trigger(['presence-c'], 'still', '1')
  await ann.next('still')
  await laptop.next('still')
  await laptop.close()
  await ann.next('pusher_internal:member_removed')
})

test('a user who comes again with other information is known by the newest, and does not come twice', async () => {
  const [watcher, old, now, later] = (await connected(4)) as [RawClient, RawClient, RawClient, RawClient]
  const infoOf = (data: Record<string, unknown>) => (data.presence as { hash: { bob: unknown } }).hash.bob
  await watcher.subscribed('presence-info', ANN)
  await old.subscribed('presence-info', BOB)
  await watcher.next('pusher_internal:member_added')
  const { data } = await now.subscribed('presence-info', '{"user_id":"bob","user_info":{"name":"Robert"}}')
  assert.deepEqual(infoOf(data), { name: 'Robert' })
  await old.close()
  assert.deepEqual(infoOf((await later.subscribed('presence-info', ANN)).data), { name: 'Robert' })
  assert.deepEqual(await watcher.settled(), [])
  await now.close()
  await watcher.next('pusher_internal:member_removed')
  await old.close()
})

test('a numeric user id becomes a string, and a member may have no info', async () => {
  const [client] = (await connected(1)) as [RawClient]
  assert.deepEqual((await client.subscribed('presence-d', '{"user_id":12}')).data, {
    presence: { ids: ['12'], hash: { 12: null }, count: 1 },
  })
})

test('a member may be called __proto__', async () => {
  const [client] = (await connected(1)) as [RawClient]
  const { raw } = await client.subscribed('presence-e', '{"user_id":"__proto__","user_info":{"a":1}}')
  assert.equal(raw, '{"presence":{"ids":["__proto__"],"hash":{"__proto__":{"a":1}},"count":1}}')
})

const UNFIT = [
  ['no data', undefined, 'InvalidData'],
  ['no JSON', 'ann', 'InvalidData'],
  ['no object', '["ann"]', 'InvalidData'],
  ['no user id', '{"user_info":{}}', 'InvalidData'],
  ['an empty user id', '{"user_id":""}', 'InvalidData'],
  ['a user id that is an object', '{"user_id":{"$gt":""}}', 'InvalidData'],
  ['a user id beyond 2^53', '{"user_id":9007199254740993}', 'InvalidData'],
  ['a user id with a NUL', '{"user_id":"a\\u0000"}', 'InvalidData'],
  ['a user id of 129 characters', JSON.stringify({ user_id: 'a'.repeat(129) }), 'InvalidData'],
  [
    'more than 1 KiB about the user',
    JSON.stringify({ user_id: 'a', user_info: 'x'.repeat(1023) }),
    'LimitReached',
  ],
] as const

for (const [name, data, type] of UNFIT) {
  test(`a presence channel refuses ${name}, however well signed`, async () => {
    const [client] = (await connected(1)) as [RawClient]
    client.subscribe('presence-f', data)
    assert.equal((await client.next('pusher:error')).data.code, 4300)
    const refusal = await client.next('pusher:subscription_error')
    assert.equal(refusal.channel, 'presence-f')
    assert.equal(refusal.data.type, type)
    assert.equal(await world.bus.presence.count('pusher:members:presence-f'), 0)
  })
}

test('data that is not the signed one is refused', async () => {
  const [client] = (await connected(1)) as [RawClient]
  const { auth } = world.server.authorizeChannel(client.socketId, 'presence-g', ANN)
  client.subscribe('presence-g', BOB, auth)
  assert.equal((await client.next('pusher:error')).data.code, 4009)
})

test('a presence channel has 100 users at most, on any number of connections', async () => {
  const clients = await connected(100)
  const join = (client: RawClient, userId: number) =>
    client.subscribed('presence-h', JSON.stringify({ user_id: userId }))
  await Promise.all(clients.map(join))
  const [again, another] = (await connected(2)) as [RawClient, RawClient]
  await join(again, 7)
  another.subscribe('presence-h', ANN)
  assert.equal((await another.next('pusher:error')).data.code, 4300)
  assert.equal((await another.next('pusher:subscription_error')).data.type, 'LimitReached')
  await clients[1]?.close()
  await until(
    'a free place',
    async () => (await world.bus.presence.count('pusher:members:presence-h')) === 99,
  )
  await another.subscribed('presence-h', ANN)
})

test('comings and goings at full speed leave everyone with the same picture', async () => {
  const clients = await connected(12)
  const watcher = clients[0] as RawClient
  await watcher.subscribed('presence-i', ANN)
  const rounds = clients.slice(1).map(async (client, i) => {
    for (let round = 0; round < 5; round++) {
      await client.subscribed('presence-i', JSON.stringify({ user_id: `u${i % 4}` }))
      if (round === 4 && i % 4 === 0) return
      client.say('pusher:unsubscribe', { channel: 'presence-i' })
      await client.settled()
    }
  })
  await Promise.allSettled(rounds.map((round) => round.catch(() => undefined)))
  const members = new Set(['ann'])
  await until('the news to be in', async () => {
    const actual = [...(await world.bus.presence.members('pusher:members:presence-i')).keys()].sort()
    members.clear()
    members.add('ann')
    for (const { event, data } of watcher.messages) {
      if (event === 'pusher_internal:member_added') members.add(String(data.user_id))
      if (event === 'pusher_internal:member_removed') members.delete(String(data.user_id))
    }
    return JSON.stringify([...members].sort()) === JSON.stringify(actual)
  })
})

test('pusher-js sees members come and go', async () => {
  const ann = await world.js(jsDefaults(world.host, world.port, world.library, 'ann'))
  const channel = ann.subscribe('presence-js') as PresenceChannel
  const seen: string[] = []
  channel.bind('pusher:subscription_succeeded', (members: Members) => seen.push(`here ${members.count}`))
  channel.bind('pusher:member_added', ({ id, info }: { id: string; info: { name: string } }) =>
    seen.push(`came ${id} ${info.name}`),
  )
  channel.bind('pusher:member_removed', ({ id }: { id: string }) => seen.push(`went ${id}`))
  await until('ann', () => seen.length === 1)
  assert.equal(channel.members.me.id, 'ann')
  const bob = await world.js(jsDefaults(world.host, world.port, world.library, 'bob'))
  bob.subscribe('presence-js')
  await until('bob', () => seen.length === 2)
  bob.disconnect()
  await until('bob to go', () => seen.length === 3)
  assert.deepEqual(seen, ['here 1', 'came bob BOB', 'went bob'])
})
