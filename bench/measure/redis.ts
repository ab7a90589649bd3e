import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { findRedis } from '../../server/test/support/engines/programs.ts'
import { redisCommand } from '../../server/test/support/engines/redis.ts'
import { freePort, startServer } from './process.ts'

export interface Redis {
  readonly pid: number
  readonly url: string
  /** Redis's own statistics, by their names. */
  info(): Promise<Readonly<Record<string, number>>>
  stop(): Promise<void>
}

/** Why there can be none; undefined when there can. */
export const redisIsMissing = (): string | undefined => (findRedis() ? undefined : 'Redis is not installed')

/** A Redis of one's own, on the server's core. */
export async function startRedis(): Promise<Redis> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-bench-redis-'))
  const port = await freePort()
  const server = await startServer(redisCommand({ folder, port }), { port, cwd: folder })
  return {
    pid: server.pid,
    url: `redis://127.0.0.1:${port}/0`,
    info: () => askInfo(port),
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}

async function askInfo(port: number): Promise<Readonly<Record<string, number>>> {
  const socket = createConnection(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.end('INFO\r\nQUIT\r\n')
  const lines = (await text(socket)).matchAll(/^(\w+):([\d.]+)\r$/gm)
  return Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]))
}
