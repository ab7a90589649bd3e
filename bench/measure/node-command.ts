import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const COLLECT_ON_SIGNAL = join(import.meta.dirname, 'collect-on-signal.js')

const COLLECTING_MS = 500

let profiles: string | undefined

/** From now on, servers that run on Node write a CPU profile of each thread there when they end. */
export function profileInto(directory: string): void {
  profiles = directory
}

/** The command line of a server that runs on Node, the same Node as this. */
export function nodeCommand(script: string, ...args: readonly string[]): readonly string[] {
  const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
  return [process.execPath, '--expose-gc', '--import', COLLECT_ON_SIGNAL, ...profiling, script, ...args]
}

/** Tells such a server to collect its garbage, and waits until it has. */
export async function collectGarbage(pid: number): Promise<void> {
  process.kill(pid, 'SIGUSR2')
  await setTimeout(COLLECTING_MS)
}
