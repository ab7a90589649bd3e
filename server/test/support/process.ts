import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

const MAIN = join(import.meta.dirname, '../../src/main.js')

/** The server as its own process, started as `npm start` starts it. */
export interface ServerProcess {
  readonly child: ChildProcess
  /** What it has printed so far. */
  readonly output: { readonly stdout: string; readonly stderr: string }
  /** Resolves with the exit code, or the signal's name, once all output is in. */
  readonly exited: Promise<number | string>
}

/** Ends with the test at the latest. */
export function spawnServer(
  t: TestContext,
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
  t.after(() => child.kill('SIGKILL'))
  const exited = once(child, 'close').then(([code, signal]) => code ?? signal)
  return { child, output, exited }
}
