import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { LIMITS } from '../../src/transport/index.ts'
import { GroupsClient, type Happening, uniqueName } from '../support/groups.ts'
import { register } from '../support/rooms.ts'
import { startParlance } from '../support/server.ts'

const server = await startParlance({ PARLANCE_RATE_LIMITS: 'on' })
const { url } = server
after(() => {
  GroupsClient.endAll()
  return server.close()
})

const isLimited = ([event]: Happening): boolean => event === 'rate_limited'

describe('with limits', () => {
  test('passwords cannot be tried on and on', async () => {
    const { login: username, password } = await register(url, 'victim')
    const client = await GroupsClient.connect(url)
    for (let i = 0; i < 21; i++) client.socket.emit('find_user', { username, password: `guess ${i}` })
    const answers = await client.ask('find_user', { username: username.toUpperCase(), password })
    assert.ok(answers.some(isLimited))
    assert.deepEqual(
      answers.filter(([event]) => event === 'user_found'),
      [],
    )
  })

  test('gids cannot be tried on and on, not even by creating groups of that name', async () => {
    const gid = await (await register(url, 'ann')).createRoom()
    const guest = await GroupsClient.guest(url, 'guesser')
    const { username } = guest
    for (let i = 0; i < 110; i++) guest.client.socket.emit('create_group', { username, group_name: gid })
    assert.ok((await guest.ask('create_group', { group_name: gid })).some(isLimited))
    assert.ok((await guest.ask('join_group', { group_name: gid })).some(isLimited))
    assert.ok((await guest.ask('send_message', { group_name: gid, text: 'x' })).some(isLimited))
  })

  test('names cannot be taken on and on', async () => {
    const clients = await Promise.all(
      Array.from({ length: LIMITS.register.burst + 40 }, () => GroupsClient.connect(url)),
    )
    const answers = await Promise.all(
      clients.map((client) => client.ask('find_user', { username: uniqueName('sock') })),
    )
    assert.ok(answers.flat().some(isLimited))
    for (const client of clients) client.end()
  })
})
