import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GroupsClient } from '../support/groups.ts'
import { SocketIoListener } from '../support/rooms.ts'
import { until } from '../support/until.ts'
import { World } from './world.ts'

// Rooms and groups share the one Socket.IO namespace of the main port.

let world: World
before(async () => {
  world = await World.start({ PARLANCE_PORTS: 'rooms:0,groups:0' })
})
after(() => world[Symbol.asyncDispose]())

const portOf = (dialect: 'rooms' | 'groups'): string =>
  `http://${world.server.host}:${world.server.dedicatedPorts.get(dialect)}`

const unknown = (event: string) => [['invalid_request', { Error: `Unknown event: ${event}` }]]

test('on the main port event names tell rooms and groups apart; groups answers unknown ones', async () => {
  const socket = await GroupsClient.connect(world.server.url)
  assert.deepEqual(await socket.ask('nonsense', {}), unknown('nonsense'))
  assert.deepEqual((await socket.ask('find_user', { username: 'a guest' }))[0]?.[0], 'user_created')
  // Refused by rooms alone, in its own way.
  assert.deepEqual(await socket.ask('auth', '{}'), [['disconnect']])
  socket.end()
})

test("on the port of groups an event of rooms' is unknown", async () => {
  const socket = await GroupsClient.connect(portOf('groups'))
  assert.deepEqual(await socket.ask('auth', '{}'), unknown('auth'))
  assert.equal(socket.isDisconnected, false)
  socket.end()
})

test('on the port of rooms events of groups go unanswered', async () => {
  const ann = await world.join('ann')
  const place = await world.open(ann, 'rooms', { kind: 'open', others: [] })
  const socket = new SocketIoListener(portOf('rooms'))
  const answers: unknown[] = []
  for (const event of ['user_created', 'user_found', 'invalid_request', 'pongg'])
    socket.socket.on(event, (payload: unknown) => answers.push(payload))
  await until('the connection', () => socket.socket.connected)
  socket.socket.emit('find_user', { username: 'nobody here' })
  socket.socket.emit('pingg', 1)
  // Events are handled in order: once this is acknowledged, so are they.
  const pass = { uuid: ann.rooms.uuid, room_gid: place.gid }
  assert.equal(await socket.auth(pass), 'acknowledged')
  assert.deepEqual(answers, [])
  assert.equal(await world.server.chat.accounts.findByUsername('nobody here'), undefined)
  socket.end()
})
