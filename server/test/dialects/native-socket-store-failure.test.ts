import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { WebSocket } from 'ws'
import { series } from '../store/world.ts'
import { NativeReader } from '../support/native-reader.ts'
import type { NativeSocket } from '../support/native-socket.ts'
import { postgresIsMissing, proxyTo, tempSchema } from '../support/postgres.ts'
import { startParlance } from '../support/server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'
import { compare } from './native-coming-and-going.ts'
import { NativeWorld } from './native-world.ts'

// A single node's database takes no writes any more while a client is told what it missed. Senders are told that nothing
// was stored, or that it is not known; the client has each change once in the end.

const CONVERSATIONS = 6
const SAID = 25

interface Fault {
  /** Settings of the server that has it. */
  readonly settings: Readonly<Record<string, string>>
  begin(): Promise<void>
  /** Answers the world in which the database takes writes again. */
  mend(world: NativeWorld): Promise<NativeWorld>
}

/** The directory of SQLite's file is moved away, and back. */
async function losingTheDirectory(t: TestContext): Promise<Fault> {
  const directory = join(await tempDir(t), 'data')
  await mkdir(directory)
  return {
    settings: { DBPATH: join(directory, 'parlance.db') },
    begin: () => rename(directory, `${directory}-away`),
    mend: async (world) => {
      await rename(`${directory}-away`, directory)
      return world
    },
  }
}

/** SQLite's thread that writes ends. The server refuses all writes until it is started again. */
async function losingTheThread(t: TestContext): Promise<Fault> {
  const file = join(await tempDir(t), 'parlance.db')
  const settings = { DBPATH: file }
  const post = t.mock.method(Worker.prototype, 'postMessage')
  return {
    settings,
    begin: async () => {
      const opening = post.mock.calls.find(({ arguments: [message] }) => isOpening(message, file))
      const writer = opening?.this
      assert.ok(writer instanceof Worker)
      await writer.terminate()
    },
    mend: async (world) => {
      await world.close()
      return start(settings)
    },
  }
}

const isOpening = (message: unknown, file: string): boolean =>
  typeof message === 'object' &&
  message !== null &&
  'purpose' in message &&
  'file' in message &&
  message.file === file

/** PostgreSQL takes what it is sent, and its answers do not arrive. */
async function losingTheAnswers(t: TestContext): Promise<Fault> {
  const { url, proxy } = await proxyTo(t, await tempSchema(t))
  return {
    settings: { DATABASE_URL: url, FILES_DIR: await tempDir(t) },
    begin: async () => proxy.mute(),
    mend: async (world) => {
      proxy.restore()
      proxy.cut()
      return world
    },
  }
}

const missing = (await postgresIsMissing()) ?? false
/** Faults, and the frames after which they begin. It takes PostgreSQL's node 15 seconds to give an answer up. */
const FAULTS = [
  { what: 'loses its directory', failing: losingTheDirectory, moments: ['ready', 'changes', 'state'] },
  { what: 'loses the thread that writes', failing: losingTheThread, moments: ['ready', 'changes', 'state'] },
  { what: 'loses the answers of PostgreSQL', failing: losingTheAnswers, moments: ['changes'], skip: missing },
]
const start = async (settings: Fault['settings']): Promise<NativeWorld> =>
  new NativeWorld(await startParlance({ ...settings, LOG_LEVEL: 'silent' }))

for (const { what, failing, moments, skip = false } of FAULTS)
  for (const moment of moments)
    test(`a server that ${what} after \`${moment}\` of a resume has told each change once in the end`, {
      skip,
    }, async (t) => {
      const fault = await failing(t)
      let world = await start(fault.settings)
      t.after(() => world.close())
      const [ann, bob] = [await world.join('ann'), await world.join('bob')]
      const conversations: string[] = []
      for (const _ of series(CONVERSATIONS)) conversations.push(await world.group(ann, bob))
      let speaker = await world.connect(ann)
      const sayInAll = (body: string) =>
        Promise.all(conversations.map((conversation) => outcomeOf(speaker, conversation, body)))
      const reader = new NativeReader(bob.token)
      await reader.connect(world.server.url)
      await reader.disconnect()
      for (const n of series(SAID)) await sayInAll(`missed ${n}`)

      await reader.connect(world.server.url)
      const { socket } = reader
      assert.ok(socket)
      await until(moment, () => socket.frames.some(({ op }) => op === moment))
      await fault.begin()
      const outcomes = new Set(await sayInAll('meanwhile'))
      assert.ok(outcomes.size > 0 && outcomes.isSubsetOf(REFUSED), [...outcomes].join())
      // Nobody was told of what may be stored: every client is to resume before it hears of what comes behind that.
      const isUnknown = outcomes.has(UNKNOWN) || outcomes.has(CLOSED)
      if (isUnknown) {
        await until('the connection to end', () => socket.ws.readyState === WebSocket.CLOSED)
        assert.equal((await socket.closed).code, 4103)
      } else await socket.next('live')

      world = await fault.mend(world)
      speaker = await world.connect(ann)
      const isStored = async () => (await outcomeOf(speaker, conversations[0] ?? '', 'again')) === 'stored'
      await until('a message to be stored', isStored)
      assert.deepEqual(new Set(await sayInAll('afterwards')), new Set(['stored']))
      if (isUnknown || socket.ws.readyState !== WebSocket.OPEN) await reader.connect(world.server.url)
      for (const conversation of conversations) await compare(world, bob, { reader, conversation })
      await reader.disconnect()
    })

const UNKNOWN = '500 outcome_unknown'
/** The connection is closed before a send is answered that came later. */
const CLOSED = 'closed 4103'
/** Outcomes of a send that tell of a store that fails: nothing is stored, or nobody knows. */
const REFUSED: ReadonlySet<string> = new Set(['503 unavailable', UNKNOWN, CLOSED])

async function outcomeOf(socket: NativeSocket, conversation: string, body: string): Promise<string> {
  const asking = socket.ask('message.send', { conversation, body, clientId: randomUUID() })
  const answer = await Promise.race([asking, socket.closed])
  if ('reason' in answer) return `closed ${answer.code}`
  return answer.ok ? 'stored' : `${answer.error?.status} ${answer.error?.code}`
}
