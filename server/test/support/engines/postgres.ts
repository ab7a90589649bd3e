import { execFile } from 'node:child_process'
import { chownSync, readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { findPostgres, postgresOwner } from './programs.ts'
import { copiedOrMade } from './template.ts'

export const POSTGRES_USER = 'postgres'

const run = promisify(execFile)

export interface PostgresOptions {
  readonly settings?: Readonly<Record<string, string | number>>
  /** Lines put before all others of pg_hba.conf, which let everybody in. */
  readonly rules?: readonly string[]
  /** Empty folders, each on a disk of its own: of the tables, and of the write-ahead log. Its segments are then of 1 MiB. */
  readonly disks?: { readonly data?: string; readonly wal?: string }
}

interface PostgresFolder extends PostgresOptions {
  /** An empty one, which it makes its owner's. */
  readonly folder: string
  readonly port: number
}

/** Makes an empty database server there; answers with the command line that runs it. It syncs each commit. */
export async function initPostgres({
  folder,
  port,
  settings,
  rules = [],
  disks = {},
}: PostgresFolder): Promise<readonly string[]> {
  const bin = findPostgres()
  for (const disk of Object.values(disks)) handOver(disk)
  const asOwner = handOver(folder)
  const data = `${disks.data ?? folder}/data`
  const init = async (...more: readonly string[]) => {
    const how = ['-U', POSTGRES_USER, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
    const [command = '', ...args] = [...asOwner, `${bin}/initdb`, '-D', data, ...how, ...more]
    await run(command, args, { cwd: folder })
  }
  if (Object.keys(disks).length === 0) await copiedOrMade(data, init)
  else await init('--wal-segsize=1', ...(disks.wal === undefined ? [] : ['-X', `${disks.wal}/wal`]))
  const rulesFile = `${data}/pg_hba.conf`
  writeFileSync(rulesFile, `${rules.join('\n')}\n${readFileSync(rulesFile, 'utf8')}`)
  const options = Object.entries({ ...listening(folder, port), ...settings })
  const given = options.flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return [...asOwner, `${bin}/postgres`, '-D', data, ...given]
}

interface Copy {
  /** An empty folder, which is handed over to the owner of the server. */
  readonly folder: string
  readonly port: number
  /** The port of the server that is copied and followed. */
  readonly from: number
}

/** Makes a standby in that folder; resolves with the command line that runs it. */
export async function copyPostgres({ folder, port, from }: Copy): Promise<readonly string[]> {
  await baseOf({ folder, from, how: ['-R'] })
  return commandOf({ folder, port })
}

/** Makes a copy of the server in that folder, without the write-ahead log that belongs to it. */
export const copyPostgresWithoutLog = ({ folder, from }: Omit<Copy, 'port'>): Promise<void> =>
  baseOf({ folder, from, how: ['-X', 'none'] })

/** Has a copy read archived log up to a moment; resolves with the command line that runs it. */
export function recoverPostgres({ folder, port, settings }: PostgresFolder): readonly string[] {
  const signal = `${folder}/data/recovery.signal`
  writeFileSync(signal, '')
  handOver(signal)
  return commandOf({ folder, port, ...(settings && { settings }) })
}

async function baseOf({ folder, from, how }: Omit<Copy, 'port'> & { how: readonly string[] }): Promise<void> {
  const address = ['-h', '127.0.0.1', '-p', String(from), '-U', POSTGRES_USER]
  const [command = '', ...args] = [
    ...handOver(folder),
    ...[`${findPostgres()}/pg_basebackup`, '-D', `${folder}/data`, ...address, ...how, '-c', 'fast'],
  ]
  await run(command, args, { cwd: folder })
}

function commandOf({ folder, port, settings }: PostgresFolder): readonly string[] {
  const options = Object.entries({ ...listening(folder, port), ...settings })
  const given = options.flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return [...handOver(folder), `${findPostgres()}/postgres`, '-D', `${folder}/data`, ...given]
}

const listening = (folder: string, port: number) => ({
  port,
  listen_addresses: '127.0.0.1',
  unix_socket_directories: folder,
  fsync: 'on',
  synchronous_commit: 'on',
})

/** Gives the folder to PostgreSQL's user. Returns the command prefix that runs a program as that user, if any. */
export function handOver(folder: string): readonly string[] {
  const owner = postgresOwner()
  if (!owner) return []
  const { uid, gid } = owner
  chownSync(folder, uid, gid)
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
}
