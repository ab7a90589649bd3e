import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, createServer, readConfig, type Server } from '../../src/server.ts'

export interface TestServer extends Server {
  readonly host: string
  readonly dataDirectory: string
  readonly config: Config
}

/** A real server of this process on free ports, an empty database and no rate limits unless asked. */
export async function startParlance(settings: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const directory = settings.DBPATH ? undefined : await mkdtemp(join(tmpdir(), 'parlance-'))
  const parsed = readConfig({
    PORT: '0',
    DBPATH: join(directory ?? '', 'parlance.db'),
    PARLANCE_RATE_LIMITS: 'off',
    LOG_LEVEL: 'error',
    ...settings,
  })
  // 0 in the setting means off; here it means any free port.
  const isFree = parsed.rooms.tcpPort !== null && settings.ROOMS_TCP_PORT === undefined
  const config: Config = { ...parsed, rooms: { ...parsed.rooms, tcpPort: isFree ? 0 : parsed.rooms.tcpPort } }
  const server = await createServer(config)
  return {
    ...server,
    host: config.host,
    dataDirectory: config.dataDirectory,
    config,
    close: async () => {
      await server.close()
      if (directory) await rm(directory, { recursive: true })
    },
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
