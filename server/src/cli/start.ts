import { flushCompileCache } from 'node:module'
import { setTimeout as pause } from 'node:timers/promises'
import { LineOutput } from '../lib/line-output.ts'
import { runAfter } from '../lib/timers.ts'
import { type Config, createServer } from '../server.ts'
import { startBlock } from './start-block.ts'

/** Longer than all steps of `hosting/closing.ts` together; past it something hangs. */
const SHUTDOWN_MS = 9_500

/** Serves until SIGTERM or SIGINT, which may come while it still starts or waits for its database. */
export async function start(config: Config, unread: readonly string[]): Promise<void> {
  const asked = signalled()
  const server = await Promise.race([createServer(config), asked])
  // The start block was not printed, so nobody relies on this server: the process ends as it stands.
  if (!server) return
  new LineOutput(1).write(startBlock(config, server, unread))
  // Node itself writes it at the end, and a process that is killed has none: the next start would take twice as long.
  flushCompileCache()
  await asked
  server.drain()
  await pause(config.drainSeconds * 1000)
  runAfter(SHUTDOWN_MS, () => process.exit(1)).unref()
  await server.close()
}

/** Once more does no harm: a terminal and what started us may both pass Ctrl-C on. */
function signalled(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => resolve(undefined))
    // The server outlives its terminal, also under `nohup`: Node has forgotten that SIGHUP was ignored.
    process.on('SIGHUP', () => undefined)
  })
}
