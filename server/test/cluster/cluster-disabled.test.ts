import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { DIALECT_NAMES } from '../../src/dialects/index.ts'
import { MessengerClient } from '../dialects/messenger-client.ts'
import { refusalOf, WRONG_PASSWORD } from '../interop/refusals.ts'
import type { Participant, World } from '../interop/world.ts'
import { ask, BareSubscriber } from '../support/channels.ts'
import { ChatappHttp } from '../support/chatapp.ts'
import { DEVICES, type Person, type Place } from '../support/clients/index.ts'
import { GroupsClient, type Happening } from '../support/groups.ts'
import { post, RawListener, SocketIoListener, UNKNOWN_USER } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import { Cluster } from './cluster.ts'
import type { Node } from './node.ts'

// No dialect bans anybody: the core logs an account out, or disables it. That is done at a node of its own.

const opened = new AsyncDisposableStack()
let cluster: Cluster
let world: World
let fay: Participant
before(async () => {
  cluster = opened.use(await Cluster.start())
  world = opened.use(await cluster.world())
  fay = await world.join('fay')
})
after(() => opened.disposeAsync())

/** Resolves with what each connection was told, once it has ended. */
interface Connected {
  readonly ended: Readonly<Record<string, () => Promise<unknown>>>
}

/** A connection in every dialect that has such, at one node. */
async function connect(who: Participant, place: Place, node: Node): Promise<Connected> {
  const pass = JSON.stringify({ uuid: who.rooms.uuid, room_gid: place.gid })
  const socketIo = new SocketIoListener(node.url)
  assert.equal(await socketIo.auth(pass), 'acknowledged')
  const raw = new RawListener(node.tcpPort).write(pass)
  await until('the raw listener to hear', async () => {
    await fay.rooms.send(place, 'hello?')
    return raw.messages.length > 0
  })
  const { ws } = await who.chatapp.again(node)
  const groups = await GroupsClient.connect(node.url)
  const { username, password } = who
  const [found] = await groups.ask('find_user', { username, password })
  assert.equal(found?.[0], 'user_found')
  const pusher = new BareSubscriber(node.url)
  const { id, token } = who.channels
  await pusher.subscribe(node.url, { id, token, username }, `private-notification_user_${id}`)
  return {
    ended: {
      'Socket.IO of rooms': () => until('it to end', () => socketIo.isDisconnected),
      'raw TCP of rooms': () => raw.closed(),
      chatapp: () => ws.closed,
      groups: async () => {
        await until('it to end', () => groups.isDisconnected)
        return groups.log.filter(([event]: Happening) => event === 'user_not_authorized')
      },
      channels: () => pusher.closed,
    },
  }
}

/** What each dialect answers at that node to a request with a credential of before. */
async function answers({ rooms, chatapp, messenger, channels }: Participant, place: Place, { url }: Node) {
  const http = new ChatappHttp(url)
  const { cookie } = chatapp
  const checked = await http.call('GET', '/auth/verify', { headers: { cookie } })
  const { status } = await new MessengerClient(url, messenger.api.token).get('/user/me')
  return {
    rooms: await post(
      url,
      '/send-message',
      { room_gid: place.gid, msg: 'still here?' },
      { user: rooms.uuid },
    ),
    chatapp: { status: checked.status, closed: await http.open({ cookie }).closed },
    messenger: status,
    channels: (await ask(url, '/api/users', { token: channels.token })).status,
  }
}

const END_MS = 20_000
const ENDS = {
  'Socket.IO of rooms': true,
  'raw TCP of rooms': true,
  groups: [['user_not_authorized', { Error: 'Logged out.' }]],
  channels: 4009,
}
const REFUSED = { rooms: UNKNOWN_USER, messenger: 401, channels: 401 }

const ACTS = {
  'logged out': {
    act: (who: Participant) => world.server.chat.accounts.revokeCredentials(who.account.accountId),
    chatappSays: () => 'invalid login-token',
  },
  disabled: {
    act: (who: Participant) => world.server.chat.accounts.disable(who.account.accountId),
    chatappSays: ({ username }: Person) => `'${username}' doesn't exists`,
  },
} as const

for (const [done, { act, chatappSays }] of Object.entries(ACTS)) {
  describe(`who is ${done} at one node`, () => {
    let gil: Participant
    let place: Place
    let connected: readonly Connected[]
    let closed: { readonly code: number; readonly reason: string }
    before(async () => {
      gil = await world.join('gil')
      closed = { code: 1000, reason: chatappSays(gil) }
      place = await world.open(fay, 'channels', { kind: 'private', others: [gil] })
      connected = await Promise.all(cluster.nodes.map((node) => connect(gil, place, node)))
      await act(gil)
    })

    for (const [name, end] of Object.entries({ ...ENDS, chatapp: undefined })) {
      test(`is cut off at every other: ${name}`, { timeout: END_MS }, async () => {
        for (const { ended } of connected) assert.deepEqual(await ended[name]?.(), end ?? closed)
      })
    }

    test('is refused at every other with the credentials of before', async () => {
      for (const node of cluster.nodes)
        assert.deepEqual(await answers(gil, place, node), { ...REFUSED, chatapp: { status: 401, closed } })
    })

    test('leaves the others where they are', async () => {
      await fay.rooms.send(place, 'fay is still here')
      await fay.chatapp.ws.settle()
    })
  })
}

test('who is disabled at one node cannot log in at any, in any dialect', async () => {
  const hal = await world.join('hal')
  await world.server.chat.accounts.disable(hal.account.accountId)
  for (const node of cluster.nodes)
    for (const dialect of DIALECT_NAMES)
      assert.deepEqual(await refusalOf(DEVICES[dialect].logIn(node, hal)), WRONG_PASSWORD[dialect])
})
