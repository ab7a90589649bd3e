import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { deep } from '../support/deep.ts'
import { EngineClient, type EngineTransport, type EngineVersion } from '../support/engine-client.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'

// Connections in any state are told anything, in any order. A failure that a guard catches fails the test as well.

const server = await startParlance()
const { url } = server
after(() => {
  EngineClient.endAll()
  return server.close()
})

interface Clients {
  readonly all: EngineClient[]
}
/** The number of clients that have been opened; which of them still live is the server's business. */
interface Model {
  opened: number
}
type Command = fc.AsyncCommand<Model, Clients, true>

const MOST = 3
let guests = 0

class Open implements Command {
  readonly eio: EngineVersion
  readonly transport: EngineTransport

  constructor(eio: EngineVersion, transport: EngineTransport) {
    this.eio = eio
    this.transport = transport
  }

  check = async (model: Model): Promise<boolean> => model.opened < MOST

  async run(model: Model, { all }: Clients): Promise<void> {
    model.opened++
    all.push(await EngineClient.open(url, this.eio, this.transport))
  }

  toString = (): string => `open ${this.eio} ${this.transport}`
}

/** An act of one of the clients, which the test may not wait for. */
class Act implements Command {
  readonly name: string
  readonly at: number
  readonly act: (client: EngineClient) => Promise<void> | void
  readonly isAwaited: boolean

  constructor(name: string, at: number, act: Act['act'], isAwaited: boolean) {
    this.name = name
    this.at = at
    this.act = act
    this.isAwaited = isAwaited
  }

  check = async (model: Model): Promise<boolean> => model.opened > 0

  async run(_model: Model, { all }: Clients): Promise<void> {
    const client = all[this.at % all.length]
    if (!client) return
    const acting = Promise.resolve(this.act(client))
    if (this.isAwaited) await acting
    else acting.catch(() => undefined)
  }

  toString = (): string => `${this.name} of ${this.at}${this.isAwaited ? '' : ', unawaited'}`
}

/** Packets that a client may say at once, right or wrong. */
const PACKETS: readonly (readonly string[])[] = [
  ['40'],
  ['40', '40'],
  ['41'],
  ['41', '40'],
  ['41', '40', '41', '40'],
  ['40', '42["pingg","x"]'],
  ['40/other,'],
  ['41/other,', '40/other,'],
  ['42["pingg","x"]'],
  ['42["auth","{}"]'],
  ['420["pingg","x"]'],
  ['43[]', '431[1]'],
  ['44'],
  ['451-["a",{"_placeholder":true,"num":0}]'],
  ['40//'],
  ['40{"pid":"a","offset":"b"}'],
  ['4', '', '9'],
  ['2', '3', '2probe', '5', '6'],
  ['1'],
]

const UPGRADES: readonly (readonly string[])[] = [
  ['2probe', '5'],
  ['2probe'],
  ['5'],
  ['2probe', '2probe', '40'],
  ['40'],
  [],
]

const act = (name: string, doing: Act['act']): fc.Arbitrary<Act> =>
  fc.tuple(fc.nat(MOST - 1), fc.boolean()).map(([at, isAwaited]) => new Act(name, at, doing, isAwaited))

const commands = fc.commands<Model, Clients, true>(
  [
    fc
      .tuple(fc.constantFrom(3, 4), fc.constantFrom('polling', 'websocket'))
      .map(([eio, transport]) => new Open(eio, transport)),
    ...PACKETS.map((packets) => act(packets.join(' '), (client) => client.send(...packets))),
    ...UPGRADES.map((packets) => act(`upgrade ${packets.join(' ')}`, (client) => client.upgrade(packets))),
    act('becoming a guest', (client) =>
      client.send(`42${JSON.stringify(['find_user', { username: `state ${++guests}` }])}`),
    ),
    act('an abort', (client) => client.abort()),
  ],
  { maxCommands: 14 },
)

async function isServed(): Promise<void> {
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  const client = await EngineClient.connect(url, 4, 'polling')
  await client.send('42["pingg","fresh"]')
  await client.hears(/pongg.*fresh/)
  await client.end()
}

/** Counts the connections of the dialects that Socket.IO carries, from `/metrics`. */
async function countConnections(): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const counts = text.matchAll(/^parlance_connections\{dialect="(?:rooms|groups)"\} (\d+)$/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}

test('any order of Socket.IO clients’ acts leaves others served and nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (steps) => {
      const clients: Clients = { all: [] }
      await fc.asyncModelRun(() => ({ model: { opened: 0 }, real: clients }), steps)
      await isServed()
      for (const client of clients.all) await client.end()
    }),
    // Interrupted before its first case a property fails, as it did after 5 s on a busy machine.
    { numRuns: deep(50), interruptAfterTimeLimit: deep(60_000) },
  )
  await until('no connection to be counted', async () => (await countConnections()) === 0)
  assert.deepEqual(await onlineGuests(), [])
})

/** Guests that still count as online. */
async function onlineGuests(): Promise<string[]> {
  const online: string[] = []
  for (let n = 1; n <= guests; n++) {
    const account = await server.chat.accounts.findByUsername(`state ${n}`)
    if (account && (await server.chat.presence.isOnline(account.accountId))) online.push(account.username)
  }
  return online
}
