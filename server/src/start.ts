import { once } from 'node:events'
import type { Environment } from './config.ts'
import { createServer, readConfig } from './server.ts'
import { startBlock } from './start-block.ts'

/** Longer than every step of a graceful shutdown together; past it something hangs. */
const SHUTDOWN_MS = 9_500

/** Serves until SIGTERM or SIGINT. */
export async function start(environment: Environment): Promise<void> {
  const config = readConfig(environment)
  const server = await createServer(config)
  // Before anybody reads that it started, and may ask it to stop.
  const asked = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  process.stdout.write(startBlock(config, server))
  await asked
  setTimeout(() => process.exit(1), SHUTDOWN_MS).unref()
  await server.close()
}
