import { execFileSync, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** All processes of a server run on this core, the load generator on the other. */
const SERVER_CORE = 0
const GENERATOR_CORE = 1

/** Without it, or on a machine with one core, figures are taken unpinned, which the report says. */
export const canPin: boolean =
  availableParallelism() > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0

/** A command line that runs on the server's core. */
export const onServerCore = (command: readonly string[]): readonly string[] =>
  canPin ? ['taskset', '-c', String(SERVER_CORE), ...command] : command

export function pinGenerator(): void {
  if (!canPin) return
  execFileSync('taskset', ['-acp', String(GENERATOR_CORE), String(process.pid)], { stdio: 'ignore' })
}
