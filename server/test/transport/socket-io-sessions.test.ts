import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { EngineClient, type EngineTransport, type EngineVersion } from '../support/engine-client.ts'
import { GroupsClient } from '../support/groups.ts'
import { startParlance } from '../support/server.ts'

const server = await startParlance()
const { url } = server
after(() => {
  GroupsClient.endAll()
  EngineClient.endAll()
  return server.close()
})

const warnings: string[] = []
process.on('warning', ({ name }) => warnings.push(name))

const event = (name: string, payload: object): string => `42${JSON.stringify([name, payload])}`

async function pings(client: EngineClient, nonce: string): Promise<void> {
  await client.send(`42["pingg","${nonce}"]`)
  await client.hears(new RegExp(`^42.*"pongg".*${nonce}`))
}

const KINDS: readonly (readonly [EngineVersion, EngineTransport])[] = [
  [3, 'polling'],
  [3, 'websocket'],
  [4, 'polling'],
  [4, 'websocket'],
]

for (const [eio, transport] of KINDS) {
  describe(`engine.io ${eio} over ${transport}`, () => {
    const connect = () => EngineClient.connect(url, eio, transport)

    test('a second CONNECT while the first session lives ends that connection alone', async () => {
      const [bystander, client] = [await connect(), await connect()]
      await client.send('40')
      await client.over()
      await pings(bystander, 'still here')
    })

    test('two CONNECTs at once end that connection alone', async () => {
      const [bystander, client] = [await connect(), await EngineClient.open(url, eio, transport)]
      await client.send('40', '40')
      await client.over()
      await pings(bystander, 'still here')
    })

    test('a client that left the namespace connects again, also in the same write', async () => {
      const client = await connect()
      await client.send('41')
      await client.send('40')
      await client.hears(/^40/)
      await pings(client, 'again')
      await client.send('41', '40')
      await client.hears(/^40/)
      await pings(client, 'and again')
    })

    test('another namespace is refused, and the default one goes on', async () => {
      const client = await connect()
      await client.send('40/other,')
      assert.match(await client.hears(/^44/), /^44\/other,\{"message":"Invalid namespace"\}$/)
      await pings(client, 'go on')
    })

    test('a client that leaves the namespace is forgotten, and the next session speaks for itself', async () => {
      const speaker = await GroupsClient.guest(url, 'speaker')
      const group = await speaker.create()
      const client = await connect()
      const enter = async (username: string) => {
        await client.send(event('find_user', { username }))
        await client.hears(/^42\["user_created"/)
        await client.send(event('visit_group', { username, group_name: group }))
        await client.hears(/^42\["user_visited"/)
        await client.send(event('enter_group', { username, group_name: group }))
        await client.hears(/^42\["enter_group"/)
      }
      await enter(`first ${eio} ${transport}`)
      await client.send('41', '40')
      await client.hears(/^40/)
      await enter(`second ${eio} ${transport}`)
      client.heard.length = 0
      await speaker.send(group, 'once')
      await client.hears(/^42\["message_sent".*once/)
      await pings(client, 'all is here')
      assert.deepEqual(client.heard, [])
    })

    test('a connection that leaves and comes back many times holds nothing of it', async () => {
      const client = await connect()
      for (let n = 0; n < 12; n++) {
        await client.send('41', '40')
        await client.hears(/^40/)
      }
      await pings(client, 'the last')
      assert.deepEqual(warnings, [])
    })
  })
}

test('a connection that is upgraded keeps its session, and can leave and come back', async () => {
  for (const eio of [3, 4] as const) {
    const client = await EngineClient.connect(url, eio, 'polling')
    await client.upgrade()
    await pings(client, 'over the WebSocket')
    await client.send('41', '40')
    await client.hears(/^40/)
    await pings(client, 'again')
  }
})

test('a CONNECT after the first counts as a request of its address', async () => {
  await using limited = {
    ...(await startParlance({ PARLANCE_RATE_LIMITS: 'on' })),
    [Symbol.asyncDispose]: () => limited.close(),
  }
  const client = await EngineClient.connect(limited.url, 4, 'websocket')
  let rounds = 0
  client.onPacket = () => {
    // The rounds may take seconds, and tokens come back meanwhile.
    if (++rounds < 20_000) void client.send('41', '40')
  }
  await client.send('41', '40')
  await client.over()
  assert.ok(rounds >= 1_990, String(rounds))
})
