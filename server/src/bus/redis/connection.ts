import { createClient } from '@redis/client'
import { guarded } from '../../lib/guard.ts'
import type { RedisAddress } from '../../lib/redis-address.ts'

export type Connection = ReturnType<typeof createConnection>

export const CONNECT_TIMEOUT_MS = 2_000

export const CONNECTION = {
  RESP: 2,
  disableOfflineQueue: true,
  /** That wait for their answer; more are refused at once. */
  commandsQueueMaxLength: 100_000,
} as const
export const SOCKET = { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS } as const

export const socketOf = ({ host, port, isTls }: RedisAddress) =>
  isTls ? { ...SOCKET, host, port, tls: true as const } : { ...SOCKET, host, port }

/** The user and password of an address, as options of the client library. */
export const credentialsOf = ({ user, password }: RedisAddress) => ({
  ...(user !== undefined && { username: user }),
  ...(password !== undefined && { password }),
})

/** To one server. It never connects again. */
export function createConnection(address: RedisAddress, onBroken: (error: unknown) => void) {
  const { database } = address
  return createClient({ ...CONNECTION, ...credentialsOf(address), database, socket: socketOf(address) })
    .on('error', guarded('redis', onBroken))
    .on(
      'end',
      guarded('redis', () => onBroken(new Error('Redis has closed the connection'))),
    )
}
