import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { DIALECT_NAMES } from '../../src/dialects/index.ts'
import { answers, type Connected, chatappSays, connect, END_MS, ENDS, REFUSED } from '../interop/connected.ts'
import { refusalOf, WRONG_PASSWORD } from '../interop/refusals.ts'
import type { Participant, World } from '../interop/world.ts'
import { DEVICES, type Place } from '../support/clients/index.ts'
import { parlance } from '../support/command.ts'
import { Cluster } from './cluster.ts'

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

/** Runs an operator's command, which is told the database and no Redis. */
async function command(...args: readonly string[]): Promise<void> {
  const { DATABASE_URL = '' } = cluster.settings
  const { code, stderr } = await parlance(
    { after: (end) => opened.defer(end) },
    ...args,
    '--database-url',
    DATABASE_URL,
  )
  assert.equal(code, 0, stderr)
}

interface Act {
  /** Whether the account can log in again. */
  readonly isThere: boolean
  act(who: Participant): Promise<void>
}

// The core logs an account out, or disables it, at a node of its own.
const ACTS: Readonly<Record<string, Act>> = {
  'logged out at one node': {
    act: ({ account }) => world.server.chat.credentials.revoke(account.accountId),
    isThere: true,
  },
  'disabled at one node': {
    act: ({ account }) => world.server.chat.credentials.disable(account.accountId),
    isThere: false,
  },
  'disabled by a command': {
    act: ({ username }) => command('accounts', 'disable', username),
    isThere: false,
  },
}

for (const [done, { act, isThere }] of Object.entries(ACTS)) {
  describe(`an account that is ${done}`, () => {
    let gil: Participant
    let place: Place
    let connected: readonly Connected[]
    before(async () => {
      gil = await world.join('gil')
      place = await world.open(fay, 'channels', { kind: 'private', others: [gil] })
      connected = await Promise.all(cluster.nodes.map((node) => connect(gil, place, { node, talker: fay })))
      await act(gil)
    })

    for (const [name, end] of Object.entries({ ...ENDS, chatapp: undefined })) {
      test(`is cut off at every other: ${name}`, { timeout: END_MS }, async () => {
        for (const { ended } of connected)
          assert.deepEqual(await ended[name]?.(), end ?? chatappSays(gil, isThere))
      })
    }

    test('is refused at every other with the credentials of before', async () => {
      const chatapp = { status: 401, closed: chatappSays(gil, isThere) }
      for (const node of cluster.nodes)
        assert.deepEqual(await answers(gil, place, node), { ...REFUSED, chatapp })
    })

    test('leaves the others where they are', async () => {
      await fay.rooms.send(place, 'fay is still here')
      await fay.chatapp.ws.settle()
    })
  })
}

test('an account that is disabled at one node cannot log in at any, in any dialect', async () => {
  const hal = await world.join('hal')
  await world.server.chat.credentials.disable(hal.account.accountId)
  for (const node of cluster.nodes)
    for (const dialect of DIALECT_NAMES)
      assert.deepEqual(await refusalOf(DEVICES[dialect].logIn(node, hal)), WRONG_PASSWORD[dialect])
})

test('an account that a command enables can log in again at every node', async () => {
  const ida = await world.join('ida')
  await command('accounts', 'disable', ida.username)
  await command('accounts', 'enable', ida.username)
  for (const node of cluster.nodes) await (await DEVICES.chatapp.logIn(node, ida)).close()
})
