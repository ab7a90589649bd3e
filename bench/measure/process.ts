import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { onServerCore } from './cores.ts'

export { freePort } from '../../server/test/support/free-port.ts'

interface ServerProcess {
  readonly pid: number
  /** Ends it, at once if need be. */
  stop(): Promise<void>
}

interface ServerOptions extends Omit<SpawnOptions, 'hasChannel'> {
  /** Resolved with when something accepts connections there. */
  readonly port: number
}

const START_MS = 30_000
const STOP_MS = 10_000

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
// A signal alone would not come by there.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** Starts a server on its core and waits until its port answers. Its output is shown if it fails. */
export async function startServer(
  command: readonly string[],
  options: ServerOptions,
): Promise<ServerProcess> {
  const { child, output, stop } = spawnPinned(command, options)
  try {
    await untilOpen(options.port, child)
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`${command.join(' ')} did not start: ${output()}`, { cause: error })
  }
  return { pid: child.pid ?? 0, stop }
}

interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Whether the program runs on Node and talks to us by messages. */
  readonly hasChannel?: boolean
}

interface Spawned {
  readonly child: ChildProcess
  /** The end of what it has printed. */
  output(): string
  /** Ends it, at once if need be. */
  stop(): Promise<void>
}

/** Starts a process on the server's core. It does not outlive us. */
export function spawnPinned(
  command: readonly string[],
  { env, cwd, hasChannel = false }: SpawnOptions,
): Spawned {
  const [program = '', ...args] = onServerCore(command)
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', 'pipe', 'pipe', ...(hasChannel ? (['ipc'] as const) : [])],
  })
  let output = ''
  const keep = (text: Buffer) => {
    output = (output + text).slice(-4000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  running.add(child)
  child.once('exit', () => running.delete(child))
  return { child, output: () => output, stop: () => stop(child) }
}

async function untilOpen(port: number, child?: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_MS
  while (!(await isOpen(port))) {
    if (child && (child.exitCode !== null || child.signalCode !== null)) throw new Error('it ended')
    if (performance.now() > deadline) throw new Error(`nothing listens on port ${port}`)
    await setTimeout(5)
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = globalThis.setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(timer)
}
