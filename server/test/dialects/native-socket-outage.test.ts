import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { WebSocket } from 'ws'
import { startRedis } from '../support/engines/index.ts'
import { NativeReader } from '../support/native-reader.ts'
import { newSchema, proxyTo } from '../support/postgres.ts'
import { startParlance } from '../support/server.ts'
import { until } from '../support/until.ts'
import { compare } from './native-coming-and-going.ts'
import { NativeWorld } from './native-world.ts'

// A client comes back to a node that loses Redis or PostgreSQL while it tells what was missed: in the end it has each
// change once, by that connection or a later one.

const CONVERSATIONS = 12
const SAID = 25

const opened = new AsyncDisposableStack()
after(() => opened.disposeAsync())
const owner = { after: (close: () => void | Promise<void>) => opened.defer(close) }
const redis = opened.use(await startRedis())
const { url: DATABASE_URL, drop } = await newSchema()
opened.defer(drop)
const ways = {
  redis: await proxyTo(owner, redis.engine.url),
  postgres: await proxyTo(owner, DATABASE_URL),
}
const steady = new NativeWorld(await startParlance({ DATABASE_URL, REDIS_URL: redis.engine.url }))
const shaky = new NativeWorld(
  await startParlance({ DATABASE_URL: ways.postgres.url, REDIS_URL: ways.redis.url, LOG_LEVEL: 'silent' }),
)
opened.defer(async () => {
  await Promise.all([steady.close(), shaky.close()])
})

type Engine = keyof typeof ways

const FAULTS: Readonly<Record<string, readonly Engine[]>> = {
  Redis: ['redis'],
  PostgreSQL: ['postgres'],
  'Redis and PostgreSQL': ['redis', 'postgres'],
}
/** The frame after which they are lost. */
const MOMENTS = ['ready', 'changes', 'state'] as const

for (const [what, engines] of Object.entries(FAULTS))
  for (const moment of MOMENTS)
    test(`a node that loses ${what} after \`${moment}\` of a resume has told each change once in the end`, async () => {
      const [ann, bob] = [await steady.join('ann'), await steady.join('bob')]
      const conversations: string[] = []
      for (let n = 0; n < CONVERSATIONS; n++) conversations.push(await steady.group(ann, bob))
      const speaker = await steady.connect(ann)
      const sayInAll = (body: string) =>
        Promise.all(conversations.map((conversation) => speaker.say(conversation, body)))
      const reader = new NativeReader(bob.token)
      await reader.connect(steady.server.url)
      await reader.disconnect()
      for (let n = 0; n < SAID; n++) await sayInAll(`missed ${n}`)

      await reader.connect(shaky.server.url)
      const { socket } = reader
      await until(moment, () => socket?.frames.some(({ op }) => op === moment))
      for (const engine of engines) ways[engine].proxy.cut('stay')
      await sayInAll('meanwhile')
      for (const engine of engines) ways[engine].proxy.restore()
      await sayInAll('afterwards')

      await backAt(shaky.server.url, reader)
      for (const conversation of conversations) await compare(steady, bob, { reader, conversation })
      await reader.disconnect()
    })

/** Comes back, as a client does, until the connection is live. */
async function backAt(url: string, reader: NativeReader): Promise<void> {
  await until('a connection that is live', async () => {
    const { socket } = reader
    if (socket?.ws.readyState === WebSocket.OPEN) return socket.frames.some(({ op }) => op === 'live')
    // It says that the database is away, and that the client is to come back.
    if (socket?.ws.readyState === WebSocket.CLOSED) assert.equal((await socket.closed).code, 4103)
    await reader.connect(url).catch(() => undefined)
    return false
  })
}
