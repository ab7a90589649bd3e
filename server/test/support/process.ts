import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Owner } from './owner.ts'

const ROOT = join(import.meta.dirname, '../../..')
const MAIN = join(ROOT, 'server/src/main.js')
const CHEAP_PASSWORDS = join(import.meta.dirname, 'cheap-passwords.js')

/** The server as its own process. */
export interface ServerProcess {
  readonly child: ChildProcess
  /** The process's output so far. */
  readonly output: { readonly stdout: string; readonly stderr: string }
  /** Resolves with the exit code, or the signal's name, once all output is in. */
  readonly exited: Promise<number | string>
}

const children = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})
// The test runner ends a file in this way when it has waited too long for it.
process.once('SIGTERM', () => process.exit(1))

/** Ends the child process with us, however we end. */
export function endWithUs(child: ChildProcess): void {
  children.add(child)
  child.once('exit', () => children.delete(child))
}

type Settings = Readonly<Record<string, string>>

/** Ends with its owner at the latest. */
export const spawnServer = (
  owner: Owner,
  settings: Settings,
  args: readonly string[] = ['start'],
): ServerProcess => spawnNode(owner, settings, [MAIN, ...args])

/** As `spawnServer`, and it hashes passwords at the cost of tests: at the real one, that takes a fifth of their time. */
export const spawnCheapServer = (
  owner: Owner,
  settings: Settings,
  args: readonly string[] = ['start'],
): ServerProcess => spawnNode(owner, settings, ['--import', CHEAP_PASSWORDS, MAIN, ...args])

function spawnNode(owner: Owner, settings: Settings, args: readonly string[]): ServerProcess {
  const child = spawn(process.execPath, args, {
    // The server need not compile again what tests have compiled.
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  owner.after(() => void child.kill('SIGKILL'))
  return watched(child)
}

/** By `npm start` itself, which is the child. The server, which npm runs in a shell, ends with the owner too. */
export function spawnNpmStart(owner: Owner, settings: Settings): ServerProcess {
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, npm_config_update_notifier: 'false', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  owner.after(() => killGroup(child))
  return watched(child)
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // All of it has ended.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

function watched(child: ChildProcessByStdio<null, Readable, Readable>): ServerProcess {
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  endWithUs(child)
  const exited = once(child, 'close').then(([code, signal]) => code ?? signal)
  return { child, output, exited }
}
