import { join } from 'node:path'
import { deriveKey } from '../../../server/src/lib/derive-key.ts'
import { Tokens } from '../../../server/src/lib/token.ts'
import { nodeCommand } from '../../measure/node-command.ts'
import { freePort, startServer } from '../../measure/process.ts'
import type { Conversation } from './seeding.ts'
import type { Storage } from './storage.ts'

/** The command line. */
export const MAIN = join(import.meta.dirname, '../../../server/src/main.js')
const TOKEN_SECONDS = 900

export const PUSHER = { appId: '4711', key: 'bench-key', secret: 'bench-secret-bench-secret' } as const

/** A Parlance that runs, or one node of it, as its clients know it. */
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
  stop(): Promise<void>
}

/** A server on an existing database, which stays. Its rate limits are off unless asked for; nothing else is off. */
export async function startOn({
  storage,
  conversations,
  redisUrl,
  isLimited = false,
}: {
  readonly storage: Storage
  readonly conversations: readonly Conversation[]
  /** Where it is one of several nodes. */
  readonly redisUrl?: string | undefined
  readonly isLimited?: boolean | undefined
}): Promise<Parlance> {
  const { root, jwtSecret } = await storage.secrets()
  const keys = {
    chatapp: new Tokens(jwtSecret),
    messenger: new Tokens(deriveKey(root, 'messenger')),
    channels: new Tokens(deriveKey(deriveKey(root, 'channels'), `lifetime:${TOKEN_SECONDS}`)),
  }
  const [port, tcpPort] = [await freePort(), await freePort()]
  const server = await startServer(nodeCommand(MAIN, 'start'), {
    port,
    env: {
      ...SETTINGS,
      PORT: String(port),
      ROOMS_TCP_PORT: String(tcpPort),
      PARLANCE_RATE_LIMITS: isLimited ? 'on' : 'off',
      DATABASE_URL: storage.url,
      ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
    },
  })
  return {
    pid: server.pid,
    port,
    tcpPort,
    conversations,
    token: (dialect, { accountId, username }) => {
      const claims = dialect === 'chatapp' ? { username } : { sub: String(accountId), jti: username }
      return keys[dialect].issue(claims, Math.floor(Date.now() / 1000) + TOKEN_SECONDS)
    },
    stop: () => server.stop(),
  }
}

const SETTINGS = {
  LOG_LEVEL: 'warn',
  PUSHER_APP_ID: PUSHER.appId,
  PUSHER_KEY: PUSHER.key,
  PUSHER_SECRET: PUSHER.secret,
}
