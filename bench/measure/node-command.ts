import { join } from 'node:path'

const COLLECT_ON_SIGNAL = join(import.meta.dirname, 'collect-on-signal.ts')

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
