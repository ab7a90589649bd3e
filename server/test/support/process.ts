import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Owner } from './owner.ts'

const MAIN = join(import.meta.dirname, '../../src/main.js')

/** The server as its own process, started as `npm start` starts it. */
export interface ServerProcess {
  readonly child: ChildProcess
  /** What it has printed so far. */
  readonly output: { readonly stdout: string; readonly stderr: string }
  /** Resolves with the exit code, or the signal's name, once all output is in. */
  readonly exited: Promise<number | string>
}

const children = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})
// So ends the test runner whom it has waited for too long.
process.once('SIGTERM', () => process.exit(1))

/** It does not outlive us, however we end. */
export function endWithUs(child: ChildProcess): void {
  children.add(child)
  child.once('exit', () => children.delete(child))
}

/** Ends with its owner at the latest. */
export function spawnServer(
  owner: Owner,
  settings: Readonly<Record<string, string>>,
  args: readonly string[] = ['start'],
): ServerProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  endWithUs(child)
  owner.after(() => void child.kill('SIGKILL'))
  const exited = once(child, 'close').then(([code, signal]) => code ?? signal)
  return { child, output, exited }
}
