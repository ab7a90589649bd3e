import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { AbsentPollers } from '../../src/transport/absent-pollers.ts'
import {
  createListener,
  Limits,
  listen,
  RequestPipeline,
  SocketIo,
  type SocketIoConnection,
} from '../../src/transport/index.ts'
import { EngineClient } from '../support/engine-client.ts'
import { until } from '../support/until.ts'

function world(bound: number) {
  let nowMs = 0
  const absent = new AbsentPollers<{ cutOff(): void }>(bound, () => nowMs)
  const cut: string[] = []
  const sessionOf = (name: string) => ({ cutOff: () => void cut.push(name) })
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { absent, cut, sessionOf, pass }
}

test('those of too many absent pollers that have been away longest are cut off', () => {
  const { absent, cut, sessionOf, pass } = world(2)
  for (const name of 'abc') absent.add(sessionOf(name))
  assert.deepEqual(cut, [], 'any client may be between two polls')
  pass(2_000)
  absent.add(sessionOf('d'))
  assert.deepEqual(cut, ['a', 'b'])
})

test('a session that polls again is not among them', () => {
  const { absent, cut, sessionOf, pass } = world(1)
  const [ann, bob] = [sessionOf('ann'), sessionOf('bob')]
  absent.add(ann)
  absent.add(bob)
  pass(1_000)
  absent.delete(bob)
  absent.add(ann)
  pass(1_500)
  absent.add(bob)
  assert.deepEqual(cut, [])
})

async function started(maxAbsentPollers: number): Promise<string> {
  const pipeline = new RequestPipeline()
  const socketIo = new SocketIo({
    dialects: [
      {
        connect: (connection: SocketIoConnection) => ({
          knows: () => true,
          handle: (event) => connection.emit(event, null),
          onClose: () => undefined,
        }),
      },
    ],
    addressOf: () => '',
    limits: new Limits(false),
    pipeline,
    maxAbsentPollers,
    onError: (error) => {
      throw error
    },
  })
  const http = createListener({
    handle: (request, response) => socketIo.request(request, response),
    upgradeFor: () => (request, socket, head) => socketIo.upgrade(request, socket, head),
  })
  after(() => {
    EngineClient.endAll()
    socketIo.close()
    http.close()
    http.closeAllConnections()
  })
  return `http://127.0.0.1:${await listen(http, '127.0.0.1', 0)}`
}

test('a server keeps so many sessions that do not poll, and all that do or have a WebSocket', async () => {
  const url = await started(3)
  const path = `${url}/socket.io/?EIO=4&transport=polling`
  const present = await Promise.all(
    (['polling', 'websocket'] as const).flatMap((transport) =>
      Array.from({ length: 4 }, () => EngineClient.connect(url, 4, transport)),
    ),
  )
  /** A session that has entered the namespace and never polls. */
  const enter = async (): Promise<string> => {
    const { sid } = JSON.parse((await (await fetch(path)).text()).slice(1))
    await fetch(`${path}&sid=${sid}`, { method: 'POST', body: '40' })
    return sid
  }
  const isOpen = async (sid: string): Promise<boolean> =>
    (await fetch(`${path}&sid=${sid}`, { method: 'POST', body: '3' })).status === 200
  const early = await Promise.all(Array.from({ length: 5 }, enter))
  for (const sid of early) assert.ok(await isOpen(sid))
  await until('the early ones to be cut off', async () => {
    await enter()
    const states = await Promise.all(early.map(isOpen))
    return states.every((state) => !state)
  })
  for (const client of present) {
    await client.send('42["still here"]')
    await client.hears(/^42.*still here/)
  }
})
