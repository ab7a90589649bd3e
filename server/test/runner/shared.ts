import { Socket } from 'node:net'
import { after, describe } from 'node:test'
import { until } from '../support/until.ts'
import { claim } from './claims.ts'
import { noteCost, readProcessorMs } from './costs.ts'
import { GRACE_MS } from './grace.ts'

// A process that runs several test files, one after the other: what they import is loaded, and compiled hot, once. Each
// file is a suite, so its hooks are its own, and it ends when nothing is left that it opened or changed.

/** Output as it is opened by the first line. */
const OWN = ['PipeWrap', 'PipeWrap']

/** Milliseconds in which the results of the last file are told. */
const LAST_MS = 5_000

/** Errors of which no test could be told, because theirs had ended. */
const late: unknown[] = []

function hearLate(error: unknown): void {
  // Set by the listener of node:test before this one, and only for such an error.
  if (process.exitCode === undefined) return
  process.exitCode = undefined
  late.push(error)
}

function runAsSuite(path: string): Promise<void> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  describe(path, { timeout: Number.POSITIVE_INFINITY }, async () => {
    const environment = { ...process.env }
    const startedAtMs = readProcessorMs()
    try {
      await import(path)
    } finally {
      // Hooks run in their order: this is the file's last.
      after(async () => {
        try {
          await leavesNothing(environment)
        } finally {
          noteCost(path, readProcessorMs() - startedAtMs)
          end()
        }
      })
    }
  })
  return ended
}

/** Rejects when the next file would find what this one has left. */
async function leavesNothing(environment: NodeJS.ProcessEnv): Promise<void> {
  await until('the end', () => openResources().length === 0, GRACE_MS).catch((cause) => {
    const open = [...openResources(), ...openConnections()].join(', ')
    throw new Error(`does not end, because of: ${open}`, { cause })
  })
  const { exitCode } = process
  process.exitCode = undefined
  const [error] = late.splice(0)
  if (error !== undefined) throw error
  if (exitCode !== undefined) throw new Error(`has set the exit code ${exitCode}`)
  const changed = Object.keys({ ...environment, ...process.env }).filter(
    (name) => process.env[name] !== environment[name],
  )
  if (changed.length > 0) throw new Error(`has changed the environment: ${changed.join(', ')}`)
}

/** All that would keep a process of the file's own from ending. */
function openResources(): readonly string[] {
  const open = [...process.getActiveResourcesInfo()]
  for (const name of [...OWN, ...idleSockets()]) if (open.includes(name)) open.splice(open.indexOf(name), 1)
  return open
}

/** Both ends of each connection, which tell whose it is. */
const openConnections = (): readonly string[] =>
  activeHandles().flatMap((handle) =>
    handle instanceof Socket && handle.remotePort !== undefined
      ? [`port ${handle.localPort} to ${handle.remotePort}`]
      : [],
  )

/** Node has no documented way to ask. */
const activeHandles = (): readonly unknown[] =>
  Reflect.apply(Reflect.get(process, '_getActiveHandles'), process, [])

const RESOURCES: Readonly<Record<string, string>> = { TCP: 'TCPSocketWrap', Pipe: 'PipeWrap' }

/** The resources of sockets that nobody reads or writes: a process ends with them. */
function idleSockets(): readonly string[] {
  return activeHandles().flatMap((socket) => {
    const handle: unknown = socket instanceof Socket ? Reflect.get(socket, '_handle') : undefined
    if (!(socket instanceof Socket && handle instanceof Object)) return []
    const isIdle = Reflect.get(handle, 'reading') === false && socket.writableLength === 0
    return isIdle ? [RESOURCES[handle.constructor.name] ?? ''] : []
  })
}

// The listener of node:test is there once something was registered.
after(() => undefined)
process.on('uncaughtException', hearLate).on('unhandledRejection', hearLate)

const [name = '', ...paths] = process.argv.slice(2)
for (const path of paths) {
  if (!claim(path, name)) continue
  await runAsSuite(path)
  // Its end is told before the next can kill the process.
  await new Promise((resolve) => setImmediate(resolve))
}
// Nobody waits for this process because of something that a file has left open, and that was told of.
setTimeout(() => process.exit(), LAST_MS).unref()
