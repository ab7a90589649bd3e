import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { deriveKey, Tokens } from '../../../server/src/lib/token.ts'
import { loadSecrets } from '../../../server/src/secrets.ts'
import { nodeCommand } from '../../measure/node-command.ts'
import { freePort, startServer } from '../../measure/process.ts'
import type { World } from '../../target.ts'
import { type Conversation, type SeedOptions, seed } from './seed.ts'

const MAIN = join(import.meta.dirname, '../../../server/src/main.js')
const TOKEN_SECONDS = 900

export const PUSHER = { appId: '4711', key: 'bench-key', secret: 'bench-secret-bench-secret' } as const

/** A Parlance that runs, as its clients know it. */
export interface Parlance {
  readonly pid: number
  readonly port: number
  readonly tcpPort: number
  readonly conversations: readonly Conversation[]
  /** Signed as its dialects sign: logging everybody in would take minutes. */
  token(
    dialect: 'chatapp' | 'messenger' | 'channels',
    account: { accountId: number; username: string },
  ): string
  countStored(): number
  stop(): Promise<void>
}

export type ParlanceWorld = World & Pick<SeedOptions, 'kind' | 'areGuests'>

/** A fresh database and a server on it, limits of rate off and nothing else. */
export async function startParlance(world: ParlanceWorld): Promise<Parlance> {
  const directory = mkdtempSync(join(tmpdir(), 'parlance-bench-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  try {
    const file = join(directory, 'parlance.db')
    const conversations = await seed({ ...world, file, world })
    const parlance = await startOn({ directory, file, conversations })
    return { ...parlance, stop: () => parlance.stop().finally(remove) }
  } catch (error) {
    remove()
    throw error
  }
}

/** A server on a database that is there, and stays. */
export async function startOn({
  directory,
  file,
  conversations,
}: {
  readonly directory: string
  readonly file: string
  readonly conversations: readonly Conversation[]
}): Promise<Parlance> {
  const { root, jwtSecret } = loadSecrets(directory)
  const keys = {
    chatapp: new Tokens(jwtSecret),
    messenger: new Tokens(deriveKey(root, 'messenger')),
    channels: new Tokens(deriveKey(deriveKey(root, 'channels'), `lifetime:${TOKEN_SECONDS}`)),
  }
  const [port, tcpPort] = [await freePort(), await freePort()]
  const server = await startServer(nodeCommand(MAIN, 'start'), {
    port,
    env: environment({ file, port, tcpPort }),
  })
  const stored = new DatabaseSync(file, { readOnly: true })
  const count = stored.prepare('SELECT count(*) AS messages FROM messages')
  return {
    pid: server.pid,
    port,
    tcpPort,
    conversations,
    token: (dialect, { accountId, username }) => {
      const claims = dialect === 'chatapp' ? { username } : { sub: String(accountId), jti: username }
      return keys[dialect].issue(claims, Math.floor(Date.now() / 1000) + TOKEN_SECONDS)
    },
    countStored: () => Number(count.get()?.messages),
    stop: async () => {
      stored.close()
      await server.stop()
    },
  }
}

const environment = ({ file, port, tcpPort }: { file: string; port: number; tcpPort: number }) => ({
  PORT: String(port),
  ROOMS_TCP_PORT: String(tcpPort),
  DATABASE_URL: `file:${file}`,
  PARLANCE_RATE_LIMITS: 'off',
  LOG_LEVEL: 'warn',
  PUSHER_APP_ID: PUSHER.appId,
  PUSHER_KEY: PUSHER.key,
  PUSHER_SECRET: PUSHER.secret,
})
