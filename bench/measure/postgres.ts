import { execFile } from 'node:child_process'
import { chownSync, existsSync, globSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { findProgram, getProgram } from './installed.ts'
import { freePort, startServer } from './process.ts'

export interface Postgres {
  readonly pid: number
  readonly port: number
  /** What psql prints: a row a line. */
  query(sql: string): Promise<string>
  runFile(path: string): Promise<void>
  stop(): Promise<void>
}

export const POSTGRES_USER = 'postgres'

const run = promisify(execFile)

/** Where Debian puts the programs of each version, the newest last. */
const programs = (): string | undefined => globSync('/usr/lib/postgresql/*/bin').sort().at(-1)

export const isPostgresInstalled = (): boolean =>
  programs() !== undefined && findProgram('psql') !== undefined && findProgram('setpriv') !== undefined

/** A PostgreSQL of one's own, on the server's core, that syncs each commit. */
export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-bench-postgres-'))
  const port = await freePort()
  const asOwner = ownerOf(folder)
  const bin = programs() ?? ''
  const [command = '', ...args] = [
    ...asOwner,
    ...[`${bin}/initdb`, '-D', `${folder}/data`, '-U', POSTGRES_USER, '-A', 'trust'],
    ...['-E', 'UTF8', '--no-locale', '--no-sync'],
  ]
  await run(command, args, { cwd: folder })
  const options = Object.entries(settings(folder, port)).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const server = await startServer([...asOwner, `${bin}/postgres`, '-D', `${folder}/data`, ...options], {
    port,
    cwd: folder,
  })
  const psql = async (...how: string[]) => {
    const where = ['-h', '127.0.0.1', '-p', String(port), '-U', POSTGRES_USER, '-v', 'ON_ERROR_STOP=1']
    return (await run(getProgram('psql'), [...where, '-qAtX', ...how])).stdout.trim()
  }
  return {
    pid: server.pid,
    port,
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

const settings = (folder: string, port: number): Readonly<Record<string, string | number>> => ({
  port,
  listen_addresses: '127.0.0.1',
  unix_socket_directories: folder,
  fsync: 'on',
  synchronous_commit: 'on',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  // Its workers come and go: their processor time would be missed.
  autovacuum: 'off',
})

/** PostgreSQL refuses to run as root: then it runs as its own user. */
function ownerOf(folder: string): readonly string[] {
  if (process.getuid?.() !== 0) return []
  const { uid, gid } = statSync('/var/lib/postgresql')
  chownSync(folder, uid, gid)
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
}
