import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makeCertificate, textsOf } from '../support/certificates.ts'
import type { Place, Stream } from '../support/clients/index.ts'
import { freePort } from '../support/free-port.ts'
import { tempDir } from '../support/temp-dir.ts'
import { tlsTunnelTo } from '../support/tls-tunnel.ts'
import { trust } from '../support/trust.ts'
import { until } from '../support/until.ts'
import { addressing, type Participant, World } from './world.ts'

// Every client over TLS, which the server itself speaks; those of raw TCP, which know none, through a tunnel.

const opened = new AsyncDisposableStack()
let world: World
let [ann, ben]: Participant[] = []
let place: Place
before(async () => {
  const owner = { after: (close: () => unknown) => opened.defer(async () => void (await close())) }
  const files = await makeCertificate(await tempDir(owner))
  trust(owner, (await textsOf(files)).cert)
  const [port, tcpPort] = [await freePort(), await freePort()]
  const settings = {
    ...{ PORT: String(port), ROOMS_TCP_PORT: String(tcpPort) },
    ...{ TLS_CERT: files.cert, TLS_KEY: files.key },
  }
  const where = { url: `https://localhost:${port}`, tcpPort: await tlsTunnelTo(owner, tcpPort) }
  world = opened.use(await World.start(settings, [where]))
  ann = await world.join('ann')
  ben = await world.logIn(await world.join('ben'), where)
  place = await world.open(ann, 'chatapp', { kind: 'group', others: [ben] })
})
after(() => opened.disposeAsync())

test('every transport of every dialect hears, over TLS, what is said in any of them', async () => {
  assert.ok(ann && ben)
  const [speaker, listener] = [ann, ben]
  const dialects = addressing('group')
  const streams = (await Promise.all(dialects.map((dialect) => listener[dialect].listen(place)))).flat()
  const transports = new Set(streams.map(({ transport }) => transport))
  assert.ok(transports.size > 4, [...transports].join())
  const hasHeard = (text: string) => (stream: Stream) => stream.shown.some((message) => message.text === text)
  for (const dialect of dialects) {
    await speaker[dialect].send(place, `said in ${dialect}`)
    await until(`${dialect} to be heard`, () => streams.every(hasHeard(`said in ${dialect}`)))
  }
})
