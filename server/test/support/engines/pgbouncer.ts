import { writeFileSync } from 'node:fs'
import { handOver, POSTGRES_USER } from './postgres.ts'
import { findPgbouncer } from './programs.ts'

interface PgbouncerFolder {
  readonly folder: string
  readonly port: number
  /** The port of the PostgreSQL behind the pooler. */
  readonly behind: number
  readonly settings: Readonly<Record<string, string | number>>
}

/** The command line of a pooler in that folder. It lets everybody in, and refuses to run as root. */
export function pgbouncerCommand({ folder, port, behind, settings }: PgbouncerFolder): readonly string[] {
  const options = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    ...settings,
  }
  const lines = Object.entries(options).map(([name, value]) => `${name} = ${value}`)
  const database = `* = host=127.0.0.1 port=${behind} user=${POSTGRES_USER}`
  writeFileSync(`${folder}/pgbouncer.ini`, ['[databases]', database, '[pgbouncer]', ...lines, ''].join('\n'))
  return [...handOver(folder), findPgbouncer() ?? 'pgbouncer', `${folder}/pgbouncer.ini`]
}
