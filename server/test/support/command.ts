import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Owner } from './owner.ts'
import { endWithUs, spawnCheapServer } from './process.ts'

export interface Outcome {
  /** The exit code, or the name of the signal that ended the command. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

const SETTINGS = { ROOMS_TCP_PORT: '0', PORT: '0', LOG_LEVEL: 'error' }

/** Runs the real command line, as its own process; passwords are cheap. */
export async function parlance(owner: Owner, ...args: readonly string[]): Promise<Outcome> {
  const { output, exited } = spawnCheapServer(owner, SETTINGS, args)
  const code = await exited
  return { code, ...output }
}

const HOST = join(import.meta.dirname, 'command-host.ts')

/** Carries out one command line after the other. */
export type Commands = (...args: readonly string[]) => Promise<Outcome>

/**
 * The real command line in one process for all that is asked of it, which ends with its owner. A command then costs a fifth
 * of a second of processor time less than by `parlance`, which is for what a process has: its signals, its standard input.
 */
export function startCommands(owner: Owner): Commands {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const
  const host = fork(HOST, { env: { PATH, NODE_COMPILE_CACHE }, execArgv: [], stdio: [...stdio] })
  endWithUs(host)
  const ended = once(host, 'exit').then(([code, signal]) => assert.fail(`it has ended: ${code ?? signal}`))
  // The next question rejects with it.
  ended.catch(() => undefined)
  owner.after(() => void host.kill('SIGKILL'))
  return async (...args) => {
    host.send({ args, environment: SETTINGS })
    const [outcome] = await Promise.race([once(host, 'message'), ended])
    return outcome
  }
}

/** Asserts that the command fails, with one sentence as its last line. */
export async function refuses(owner: Owner, sentence: RegExp, ...args: readonly string[]): Promise<void> {
  isRefused(await parlance(owner, ...args), sentence)
}

/** Asserts that the command has failed, with one sentence as its last line. */
export function isRefused({ code, stderr }: Outcome, sentence: RegExp): void {
  assert.equal(code, 1, stderr)
  const last = stderr.trimEnd().split('\n').at(-1) ?? ''
  assert.match(last, sentence)
  assert.match(last, /\.$/)
}
