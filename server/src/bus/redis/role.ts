import type { Connection, ErrorReply } from './client.ts'

/**
 * Rejects when the server has become a replica, as by a failover. A replica still answers pings, but news that is
 * published on it reaches its own subscribers only.
 */
export async function askPrimary(server: Pick<Connection, 'info'>): Promise<void> {
  requirePrimary(await server.info('replication'))
}

/** Throws unless the server is a primary. `about` is its answer to INFO. */
export function requirePrimary(about: string): void {
  const role = /^role:(\w+)/m.exec(about)?.[1]
  if (role !== 'master')
    throw new Error(`it is a ${role === 'slave' ? 'replica' : role}, and a primary is needed`)
}

/** Whether the error is a replica's answer to a write, also from a script. */
export const isOfReplica = ({ message }: ErrorReply): boolean => /\b(READONLY|MASTERDOWN)\b/.test(message)
