import { execFileSync } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'
import { join } from 'node:path'

const onPath = (name: string): string | undefined =>
  // Servers lie where only root's PATH looks.
  [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))

/** The folder with the programs of a PostgreSQL server, the newest where Debian keeps several. */
export function findPostgres(): string | undefined {
  const folders = [askedPgConfig(), ...globSync('/usr/lib/postgresql/*/bin').sort().reverse()]
  return folders.find(
    (folder) => folder && existsSync(`${folder}/initdb`) && existsSync(`${folder}/postgres`),
  )
}

export const findRedis = (): string | undefined => onPath('redis-server')

export const findHaproxy = (): string | undefined => onPath('haproxy')

export const findNginx = (): string | undefined => onPath('nginx')

/** The reason why nothing can be served through nginx; undefined when it can. */
export const nginxIsMissing = async (): Promise<string | undefined> =>
  findNginx() === undefined ? 'there is no nginx to start' : undefined

export const findCaddy = (): string | undefined => onPath('caddy')

/** The reason why nothing can be served through Caddy; undefined when it can. */
export const caddyIsMissing = async (): Promise<string | undefined> =>
  findCaddy() === undefined ? 'there is no caddy to start' : undefined

export const findPebble = (): string | undefined => onPath('pebble')

/** The reason why there is no authority to ask for certificates; undefined when there is one. */
export const pebbleIsMissing = async (): Promise<string | undefined> =>
  findPebble() === undefined ? 'there is no pebble to start' : undefined

export const findPromtool = (): string | undefined => onPath('promtool')

/** The reason why nothing can be asked of Prometheus; undefined when it can. */
export const promtoolIsMissing = async (): Promise<string | undefined> =>
  findPromtool() === undefined ? "there is no promtool, of Debian's prometheus" : undefined

export const findPgbouncer = (): string | undefined => onPath('pgbouncer')

/** The reason why no pooler can be put in front of PostgreSQL; undefined when one can. */
export async function pgbouncerIsMissing(): Promise<string | undefined> {
  return findPgbouncer() === undefined ? 'there is no pgbouncer to start' : enginesAreMissing()
}

function askedPgConfig(): string | undefined {
  try {
    return execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim()
  } catch {
    // Not every installation of the server has it.
    return undefined
  }
}

/** PostgreSQL's own user, as it refuses to run as root; undefined when we are not root and run it ourselves. */
export const postgresOwner = (): { readonly uid: number; readonly gid: number } | undefined =>
  process.getuid?.() === 0 ? statSync('/var/lib/postgresql', { throwIfNoEntry: false }) : undefined

/** Why no engines can be started here; undefined when they can. */
export async function enginesAreMissing(): Promise<string | undefined> {
  if (findPostgres() === undefined) return 'there is no PostgreSQL server to start (initdb and postgres)'
  if (findRedis() === undefined) return 'there is no redis-server to start'
  if (process.getuid?.() !== 0) return undefined
  if (onPath('setpriv') === undefined) return 'PostgreSQL refuses to run as root, and there is no setpriv'
  return postgresOwner() ? undefined : 'PostgreSQL refuses to run as root, and there is no other user for it'
}

/** Why no load balancer can be put in front of them; undefined when one can. */
export async function haproxyIsMissing(): Promise<string | undefined> {
  return findHaproxy() === undefined ? 'there is no haproxy to start' : enginesAreMissing()
}
