import { createClient } from '@redis/client'

export type Connection = ReturnType<typeof createConnection>

export const CONNECT_TIMEOUT_MS = 2_000

export const CONNECTION = {
  RESP: 2,
  disableOfflineQueue: true,
  /** That wait for their answer; more are refused at once. */
  commandsQueueMaxLength: 100_000,
} as const
export const SOCKET = { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS } as const

/** To one server. It never connects again. */
export function createConnection(url: string, onBroken: (error: unknown) => void) {
  return createClient({ ...CONNECTION, url, socket: { ...SOCKET } })
    .on('error', onBroken)
    .on('end', () => onBroken(new Error('Redis has closed the connection')))
}
