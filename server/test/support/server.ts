import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { rawTcpNames } from '../../src/config/index.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import { agreedSecrets, loadSecrets, SECRETS, type Secrets } from '../../src/secrets/index.ts'
import { type Config, createServer, readConfig, type Server } from '../../src/server.ts'
import './failures.ts'
import { CHEAP } from './passwords.ts'
import { newSchema } from './postgres.ts'
import { writeEmptyDatabase } from './sqlite.ts'

export interface TestServer extends Server {
  /** Where rooms takes raw TCP; null when it is off. */
  readonly tcpPort: number | null
  readonly host: string
  readonly config: Config
}

/**
 * A real server of this process on free ports, an empty database and no rate limits unless asked. With
 * PARLANCE_TEST_STORE=postgres that database is PostgreSQL's.
 */
export async function startParlance(settings: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const isAskedFor = settings.DBPATH !== undefined || settings.DATABASE_URL !== undefined
  const database = isAskedFor ? undefined : await newDatabase()
  const parsed = readConfig({
    PORT: '0',
    ...database?.settings,
    PARLANCE_RATE_LIMITS: 'off',
    LOG_LEVEL: 'error',
    ...settings,
  })
  const rawPorts = rawPortsOf(parsed, settings)
  const config: Config = { ...parsed, rawPorts, passwordCost: CHEAP, checksOrder: true }
  const server = await createServer(config)
  return {
    ...server,
    tcpPort: server.rawPorts.get('rooms') ?? null,
    host: config.host,
    config,
    close: async () => {
      await server.close()
      await database?.remove()
    },
  }
}

/** A port for each dialect that takes raw TCP: any free one, unless the settings say which, or 0 for none. */
const rawPortsOf = ({ dialects, rawPorts }: Config, settings: Readonly<Record<string, string>>) =>
  dialects.flatMap((dialect) => {
    if (DIALECTS[dialect].rawTcp === 'none') return []
    const { port, host } = rawTcpNames(dialect)
    if (settings[port] !== undefined) return rawPorts.filter((place) => place.dialect === dialect)
    return [{ dialect, port: 0, host: settings[host] ?? '127.0.0.1' }]
  })

async function newDatabase(): Promise<{ settings: Record<string, string>; remove(): Promise<void> }> {
  if (process.env.PARLANCE_TEST_STORE === 'postgres') {
    const { url, drop } = await newSchema()
    const files = await mkdtemp(join(tmpdir(), 'parlance-files-'))
    const remove = async () => {
      await drop()
      await rm(files, { recursive: true })
    }
    return { settings: { DATABASE_URL: url, FILES_DIR: files }, remove }
  }
  const directory = await mkdtemp(join(tmpdir(), 'parlance-'))
  const DBPATH = join(directory, 'parlance.db')
  writeEmptyDatabase(DBPATH)
  return { settings: { DBPATH }, remove: () => rm(directory, { recursive: true }) }
}

/** The keys that the server signs tokens with, from where its store keeps them. */
export async function secretsOf({ config }: TestServer): Promise<Secrets> {
  const { database } = config
  if (database.kind === 'sqlite') return loadSecrets(database.directory)
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined })
  try {
    const [row] = await sql<{ value: string }[]>`SELECT value FROM settings WHERE name = ${SECRETS}`
    return agreedSecrets(row?.value)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

export interface Target {
  readonly url: string
  readonly host: string
  readonly port: number
  readonly tcpPort: number
  /** The server itself; undefined when the tests point at another by TARGET. */
  readonly own: TestServer | undefined
  close(): Promise<void>
}

/** The server under test: one of our own, or any other that TARGET names (its raw TCP port by TARGET_TCP_PORT). */
export async function target(settings: Readonly<Record<string, string>> = {}): Promise<Target> {
  const { TARGET, TARGET_TCP_PORT = '2004' } = process.env
  if (TARGET) {
    const { hostname: host, port, origin: url } = new URL(TARGET)
    return {
      url,
      host,
      port: Number(port || 80),
      tcpPort: Number(TARGET_TCP_PORT),
      own: undefined,
      close: async () => {},
    }
  }
  const own = await startParlance(settings)
  return {
    url: own.url,
    host: own.host,
    port: own.port,
    tcpPort: own.tcpPort ?? 0,
    own,
    close: () => own.close(),
  }
}
