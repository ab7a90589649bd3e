import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Hooks, openHooks } from '../pusher/hooks.ts'
import { jsDefaults, PusherJs, type RawClient } from '../pusher/pusher-world.ts'
import { KEYS, unique } from '../support/channels.ts'
import { until } from '../support/until.ts'
import { Cluster } from './cluster.ts'
import { askApi, connectTo, dataOf, libraryOf } from './pusher-clients.ts'

// The Pusher server of a cluster is one: its channels, members, users and webhooks know no nodes.

const opened = new AsyncDisposableStack()
let cluster: Cluster
let hooks: Hooks
before(async () => {
  hooks = opened.use(await openHooks())
  // Subscription counts would come between the events that tests read one by one.
  const settings = { PUSHER_WEBHOOK_URL: hooks.url, PUSHER_SUBSCRIPTION_COUNTS: 'false' }
  cluster = opened.use(await Cluster.start({ settings }))
})
after(() => opened.disposeAsync())

/** A client at each node. */
async function atEachNode(): Promise<readonly [RawClient, RawClient, RawClient]> {
  const clients = await Promise.all([0, 1, 2].map((at) => connectTo(cluster.node(at))))
  opened.defer(async () => {
    for (const client of clients) await client.close()
  })
  const [one, two, three] = clients
  assert.ok(one && two && three)
  return [one, two, three]
}

test('an event triggered at any node reaches subscribers at every node, once', async () => {
  const channel = unique('news')
  const clients = await atEachNode()
  for (const client of clients) await client.subscribed(channel)
  for (let n = 0; n < 9; n++) await libraryOf(cluster.node(n % 3)).trigger(channel, 'said', { n })
  // Triggers at different nodes have no order of their own.
  for (const client of clients) {
    await until('all nine', () => client.messages.filter(({ event }) => event === 'said').length >= 9)
    const heard = (await client.settled()).filter(({ event }) => event === 'said').map(({ data }) => data.n)
    assert.deepEqual(heard.toSorted(), [0, 1, 2, 3, 4, 5, 6, 7, 8])
  }
})

test('the connection left out is left out wherever it is', async () => {
  const channel = unique('private-news')
  const [ann, bob, cat] = await atEachNode()
  for (const client of [ann, bob, cat]) await client.subscribed(channel)
  await libraryOf(cluster.node(0)).trigger(channel, 'to-others', {}, { socket_id: bob.socketId })
  await libraryOf(cluster.node(0)).trigger(channel, 'to-all', {})
  for (const client of [ann, cat]) await client.next('to-others')
  for (const client of [ann, bob, cat]) await client.next('to-all')
})

test('a client event reaches the others at every node, never its sender', async () => {
  const channel = unique('presence-room')
  const [ann, bob, cat] = await atEachNode()
  await ann.subscribed(channel, dataOf('ann'))
  for (const [client, userId] of [
    [bob, 'bob'],
    [cat, 'cat'],
  ] as const) {
    await client.subscribed(channel, dataOf(userId))
    await ann.next('pusher_internal:member_added')
  }
  await bob.next('pusher_internal:member_added')
  ann.say('client-typing', { on: true }, channel)
  for (const client of [bob, cat]) {
    const { data, user_id } = await client.next('client-typing')
    assert.deepEqual([data, user_id], [{ on: true }, 'ann'])
  }
  assert.deepEqual(await ann.settled(), [])
})

test('a member joins and leaves once, however many connections at however many nodes', async () => {
  const channel = unique('presence-room')
  const [ann, phone, laptop] = await atEachNode()
  await ann.subscribed(channel, dataOf('ann'))
  await phone.subscribed(channel, dataOf('bob'))
  assert.equal((await ann.next('pusher_internal:member_added')).data.user_id, 'bob')
  const { data } = await laptop.subscribed(channel, dataOf('bob'))
  assert.deepEqual((data.presence as { ids: string[] }).ids.toSorted(), ['ann', 'bob'])
  await phone.close()
  await laptop.close()
  assert.deepEqual((await ann.next('pusher_internal:member_removed')).data, { user_id: 'bob' })
  assert.deepEqual(await ann.settled(), [])
})

test('every node answers for all of them: channels, counts and users', async () => {
  const prefix = unique('presence-asked')
  const [one, other] = [`${prefix}-one`, `${prefix}-other`]
  const [ann, bob, twin] = await atEachNode()
  await ann.subscribed(one, dataOf('ann'))
  await bob.subscribed(one, dataOf('bob'))
  await twin.subscribed(one, dataOf('bob'))
  await twin.subscribed(other, dataOf('bob'))
  for (const node of cluster.nodes) {
    assert.deepEqual(await askApi(node, '/channels', { filter_by_prefix: prefix, info: 'user_count' }), {
      channels: { [one]: { user_count: 2 }, [other]: { user_count: 1 } },
    })
    assert.deepEqual(await askApi(node, `/channels/${one}`, { info: 'user_count,subscription_count' }), {
      occupied: true,
      user_count: 2,
      subscription_count: 3,
    })
    const { users } = (await askApi(node, `/channels/${one}/users`)) as { users: { id: string }[] }
    assert.deepEqual(users.map(({ id }) => id).toSorted(), ['ann', 'bob'])
  }
})

test('a user is terminated at every node, by a request to any', async () => {
  const userId = unique('mallory')
  const clients = cluster.nodes.map((node) => {
    const { hostname, port } = new URL(node.url)
    const client = new PusherJs(KEYS.PUSHER_KEY, jsDefaults(hostname, Number(port), libraryOf(node), userId))
    opened.defer(() => client.disconnect())
    client.connection.bind('error', () => client.disconnect())
    client.signin()
    return client
  })
  await until('all to be signed in', () => clients.every(({ user }) => user.user_data))
  await libraryOf(cluster.node(1)).terminateUserConnections(userId)
  await until('all to be gone', () => clients.every(({ connection }) => connection.state !== 'connected'))
})

test('the application is told once for all nodes', async () => {
  const channel = unique('presence-hooked')
  const [ann, phone, laptop] = await atEachNode()
  await Promise.all([
    ann.subscribed(channel, dataOf('ann')),
    phone.subscribed(channel, dataOf('bob')),
    laptop.subscribed(channel, dataOf('bob')),
  ])
  const told = () => hooks.lines().filter((line) => line.includes(channel))
  await until('the arrivals', () => told().length >= 3)
  await Promise.all([ann.close(), phone.close(), laptop.close()])
  await until('the departures', () => told().length >= 6, 10_000)
  assert.deepEqual(told().toSorted(), [
    `channel_occupied ${channel}`,
    `channel_vacated ${channel}`,
    `member_added ${channel} ann`,
    `member_added ${channel} bob`,
    `member_removed ${channel} ann`,
    `member_removed ${channel} bob`,
  ])
})
