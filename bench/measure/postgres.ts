import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { initPostgres, POSTGRES_USER } from '../../server/test/support/engines/postgres.ts'
import { findPostgres } from '../../server/test/support/engines/programs.ts'
import { findProgram, getProgram } from './installed.ts'
import { freePort, startServer } from './process.ts'

export { POSTGRES_USER }

export interface Postgres {
  readonly pid: number
  readonly port: number
  readonly url: string
  /** The rows as psql prints them, one a line. */
  query(sql: string): Promise<string>
  runFile(path: string): Promise<void>
  stop(): Promise<void>
}

const run = promisify(execFile)

/** Why there can be none; undefined when there can. */
export const postgresIsMissing = (): string | undefined =>
  findPostgres() && findProgram('psql') && findProgram('setpriv') ? undefined : 'PostgreSQL is not installed'

/** A PostgreSQL of one's own, on the server's core, that syncs each commit. */
export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-bench-postgres-'))
  const port = await freePort()
  const command = await initPostgres({ folder, port, settings: SETTINGS })
  const server = await startServer(command, { port, cwd: folder })
  const psql = async (...how: string[]) => {
    const where = ['-h', '127.0.0.1', '-p', String(port), '-U', POSTGRES_USER, '-v', 'ON_ERROR_STOP=1']
    return (await run(getProgram('psql'), [...where, '-qAtX', ...how])).stdout.trim()
  }
  return {
    pid: server.pid,
    port,
    url: `postgres://${POSTGRES_USER}@127.0.0.1:${port}/postgres`,
    query: async (sql) => {
      const [backend, ...rows] = (await psql('-c', 'SELECT pg_backend_pid()', '-c', sql)).split('\n')
      await untilEnded(Number(backend))
      return rows.join('\n')
    },
    runFile: async (path) => void (await psql('-f', path)),
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** The process that answered outlives psql a little: it must not be taken for one of those that are measured. */
async function untilEnded(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}`)) await setTimeout(2)
}

const SETTINGS = {
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  // Its workers come and go: their processor time would be missed.
  autovacuum: 'off',
}
