import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type ServerProcess, spawnCheapServer, spawnServer } from '../../support/process.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { START_MS, until } from '../../support/until.ts'

/** The server under attack: a process of its own, so that its crash is seen and its memory is its own. */
export interface Fortress extends ServerProcess {
  readonly url: string
  readonly port: number
  readonly tcpPort: number
  /** The SQLite file, unless DATABASE_URL names another database. */
  readonly database: string
  /** Settings that start the same server again. */
  readonly settings: Readonly<Record<string, string>>
}

/** Settings of Pusher, in every test here. */
export const PUSHER = {
  PUSHER_APP_ID: '4711',
  PUSHER_KEY: 'test-key',
  PUSHER_SECRET: 'test-secret-test-secret',
} as const

/** Without rate limits unless asked, and with cheap passwords. */
export const openFortress = (
  t: TestContext,
  settings: Readonly<Record<string, string>> = {},
): Promise<Fortress> => open(t, settings, spawnCheapServer)

/** As `openFortress`, and each password costs what it costs in production. */
export const openCostlyFortress = (t: TestContext): Promise<Fortress> => open(t, {}, spawnServer)

async function open(
  t: TestContext,
  settings: Readonly<Record<string, string>>,
  spawn: typeof spawnServer,
): Promise<Fortress> {
  const database = settings.DBPATH ?? join(await tempDir(t), 'parlance.db')
  const all = {
    PORT: '0',
    ROOMS_TCP_PORT: String(await freePort()),
    PARLANCE_RATE_LIMITS: 'off',
    LOG_LEVEL: 'info',
    ...(settings.DATABASE_URL === undefined && { DBPATH: database }),
    ...PUSHER,
    ...settings,
  }
  const server = spawn(t, all)
  await until(
    'the server to start',
    () => server.output.stdout.includes('first account') || server.child.exitCode !== null,
    START_MS,
  )
  const url = /http:\/\/[\d.]+:\d+/.exec(server.output.stdout)?.[0]
  assert.ok(url, server.output.stderr)
  return {
    ...server,
    url,
    port: Number(new URL(url).port),
    tcpPort: Number(all.ROOMS_TCP_PORT),
    database,
    settings: all,
  }
}

/** 0 would turn raw TCP off. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}

/** The sum of a metric's samples, whatever their labels. */
export async function metric(url: string, name: string): Promise<number> {
  const response = await fetch(`${url}/metrics`)
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith(name))
  assert.ok(lines.length > 0, `there is a metric ${name}`)
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
}

const MEBIBYTE = 1024 * 1024

export const residentMebibytes = async (url: string): Promise<number> =>
  (await metric(url, 'process_resident_memory_bytes')) / MEBIBYTE

export const openDescriptors = (url: string): Promise<number> => metric(url, 'process_open_fds')

/** The server neither ended nor wrote a line that an operator would have to look into. */
export function assertUnharmed({ child, output }: ServerProcess): void {
  assert.equal(child.exitCode ?? child.signalCode, null, output.stderr)
  const alarms = output.stderr.split('\n').filter((line) => /"level":(50|60)/.test(line))
  assert.deepEqual(alarms, [], 'no errors in the log')
}
