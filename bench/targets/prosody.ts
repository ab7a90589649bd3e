import { globSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { enterRoom } from '../load/xmpp-client.ts'
import { findProgram, getProgram } from '../measure/installed.ts'
import { freePort, startServer } from '../measure/process.ts'
import { countIn, createArchive } from '../measure/sqlite-archive.ts'
import { familyOf } from '../measure/usage.ts'
import type { Running, Target } from '../target.ts'

/** A conversation is a persistent room, with mod_muc_mam's archive in SQLite. */
export const prosodySqlite = (): Target => ({
  name: 'Prosody, archive in SQLite',
  durability: 'synced',
  missing,
  start,
})

function missing(): string | undefined {
  if (!findProgram('prosody')) return 'prosody is not installed'
  if (globSync(DRIVER).length === 0) return 'lua-dbi-sqlite3 is not installed'
  return undefined
}

// Where Debian puts it.
const DRIVER = '/usr/lib/*/lua/*/dbd/sqlite3.so'
const DOMAIN = 'bench'
const ROOMS = `rooms.${DOMAIN}`
const COUNT = `SELECT count(*) FROM prosodyarchive WHERE store = 'muc_log'`

async function start(): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-bench-prosody-'))
  const port = await freePort()
  const config = join(folder, 'prosody.cfg.lua')
  const archive = join(folder, 'archive.sqlite')
  await writeFile(config, configuration({ folder, archive, port }))
  createArchive(archive)
  const server = await startServer([getProgram('prosody'), '-F', '--config', config], { port })
  return {
    pids: familyOf(server.pid),
    connect: ({ conversation, member }, ear) =>
      enterRoom({ port, domain: DOMAIN, room: `c${conversation}@${ROOMS}`, nick: `m${member}`, ear }),
    countStored: async () => countIn(archive, COUNT),
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}

interface Places {
  readonly folder: string
  readonly archive: string
  readonly port: number
}

/** Only what the archive of a room needs is loaded; presence is not told around; nothing is limited. */
const configuration = ({ folder, archive, port }: Places): string => `
run_as_root = ${process.getuid?.() === 0}
-- Halves its processor time.
gc = { mode = "generational" }
data_path = "${folder}"
pidfile = "${folder}/prosody.pid"
log = { { levels = { min = "error" }, to = "file", filename = "${folder}/prosody.log" } }
modules_enabled = { "saslauth", "posix" }
modules_disabled = { "s2s", "s2s_auth_certs", "offline" }
c2s_interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
c2s_direct_tls_ports = {}
c2s_require_encryption = false
network_settings = { tcp_backlog = 1024 }

VirtualHost "${DOMAIN}"
authentication = "anonymous"
allow_anonymous_s2s = false

Component "${ROOMS}" "muc"
modules_enabled = { "muc_mam" }
storage = { muc_log = "sql" }
sql = { driver = "SQLite3", database = "${archive}" }
muc_log_by_default = true
muc_log_expires_after = "never"
muc_room_cache_size = 100000
muc_occupant_id = false
muc_room_locking = false
muc_room_default_persistent = true
muc_room_default_history_length = 0
max_history_messages = 0
muc_room_default_presence_broadcast = { visitor = false, participant = false, moderator = false }
`
