import { globSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { enterRoom } from '../load/xmpp-client.ts'
import { findProgram, getProgram } from '../measure/installed.ts'
import { POSTGRES_USER, postgresIsMissing, startPostgres } from '../measure/postgres.ts'
import { freePort, startServer } from '../measure/process.ts'
import { countIn, createArchive } from '../measure/sqlite-archive.ts'
import { familyOf } from '../measure/usage.ts'
import type { Engines, Running, Target } from '../target.ts'

/** A conversation is a persistent room, with mod_mam's archive in SQLite. */
export const ejabberdSqlite = (): Target => ({
  name: 'ejabberd, archive in SQLite',
  durability: 'synced',
  missing: () => missing('p1_sqlite3'),
  start: () => start(sqliteArchive),
})

/** As `ejabberdSqlite`, with the archive in a PostgreSQL whose processes count as the server's. */
export const ejabberdPostgres = (): Target => ({
  name: 'ejabberd, archive in PostgreSQL',
  durability: 'synced',
  missing: () => missing('p1_pgsql') ?? postgresIsMissing(),
  start: () => start(postgresArchive),
})

/** Where mod_mam stores. */
interface Archive {
  readonly settings: Readonly<Record<string, string | number>>
  /** Its own processes; none where it is a library. */
  engines(): Engines
  count(): Promise<number>
  stop(): Promise<void>
}

const DOMAIN = 'bench'
const ROOMS = `rooms.${DOMAIN}`
const SCHEMAS = '/usr/share/ejabberd/sql'

function missing(driver: string): string | undefined {
  if (!findProgram('erl') || !libraries()) return 'ejabberd is not installed'
  if (globSync(`/usr/lib/erlang/lib/${driver}-*`).length === 0)
    return `erlang-${driver.replace('_', '-')} is not installed`
  return undefined
}

/** Debian keeps ejabberd among the libraries of the machine's architecture. */
function libraries(): string | undefined {
  const [compiled] = globSync('/usr/lib/*/ejabberd-*/ebin')
  return compiled && dirname(dirname(compiled))
}

async function start(openArchive: (folder: string) => Promise<Archive>): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-bench-ejabberd-'))
  const archive = await openArchive(folder)
  const port = await freePort()
  await mkdir(join(folder, 'mnesia'))
  await writeFile(join(folder, 'ejabberd.yml'), configuration(port, archive.settings))
  const server = await startServer([getProgram('erl'), ...erlangOptions(folder)], {
    port,
    cwd: folder,
    env: {
      HOME: folder,
      ERL_LIBS: libraries() ?? '',
      EJABBERD_CONFIG_PATH: join(folder, 'ejabberd.yml'),
      EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
    },
  })
  return {
    // Looked up when asked for: ejabberd connects to its database at the first message.
    get pids() {
      return [...familyOf(server.pid), ...Object.values(archive.engines()).flat()]
    },
    get engines() {
      return archive.engines()
    },
    connect: ({ conversation, member }, ear) =>
      enterRoom({ port, domain: DOMAIN, room: `c${conversation}@${ROOMS}`, nick: `m${member}`, ear }),
    countStored: () => archive.count(),
    stop: async () => {
      await server.stop()
      await archive.stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** The options of ejabberdctl, without a node name: that would need a process of its own. */
const erlangOptions = (folder: string): readonly string[] => [
  ...['-noinput', '+P', '250000', '+K', 'true'],
  ...['-mnesia', 'dir', JSON.stringify(join(folder, 'mnesia'))],
  ...['-s', 'ejabberd'],
]

async function sqliteArchive(folder: string): Promise<Archive> {
  const file = join(folder, 'archive.sqlite')
  createArchive(file, await readFile(join(SCHEMAS, 'lite.sql'), 'utf8'))
  return {
    settings: { sql_type: 'sqlite', sql_database: file },
    engines: () => ({}),
    count: async () => countIn(file, 'SELECT count(*) FROM archive'),
    stop: async () => {},
  }
}

async function postgresArchive(): Promise<Archive> {
  const postgres = await startPostgres()
  await postgres.runFile(join(SCHEMAS, 'pg.sql'))
  return {
    settings: {
      sql_type: 'pgsql',
      sql_server: '127.0.0.1',
      sql_port: postgres.port,
      sql_database: 'postgres',
      sql_username: POSTGRES_USER,
    },
    engines: () => ({ PostgreSQL: familyOf(postgres.pid) }),
    count: async () => Number(await postgres.query('SELECT count(*) FROM archive')),
    stop: () => postgres.stop(),
  }
}

/** Only what the archive of a room needs is loaded; presence is not told around; nothing is limited. */
const configuration = (port: number, archive: Archive['settings']): string => `
hosts: ["${DOMAIN}"]
loglevel: error
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    starttls: false
    backlog: 1024
    max_stanza_size: 65536
    shaper: none
auth_method: anonymous
anonymous_protocol: sasl_anon
allow_multiple_connections: true
${Object.entries(archive)
  .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  .join('\n')}
modules:
  mod_mam:
    db_type: sql
    default: never
  mod_muc:
    host: "${ROOMS}"
    history_size: 0
    max_users: 100000
    max_user_conferences: 100
    room_shaper: none
    user_message_shaper: none
    user_presence_shaper: none
    default_room_options:
      persistent: true
      mam: true
      max_users: 100000
      presence_broadcast: []
`
