import type { ErrorReply } from '@redis/client'
import type { Connection } from './connection.ts'

/**
 * Rejects when the server has become a replica, as by a failover: it goes on answering pings, and what is published
 * on it is heard by its own subscribers only.
 */
export async function askPrimary(server: Pick<Connection, 'info'>): Promise<void> {
  requirePrimary(await server.info('replication'))
}

/** `about` is what INFO answers. */
export function requirePrimary(about: string): void {
  const role = /^role:(\w+)/m.exec(about)?.[1]
  if (role !== 'master')
    throw new Error(`it is a ${role === 'slave' ? 'replica' : role}, and a primary is needed`)
}

/** What a replica answers to a write, also from a script. */
export const isOfReplica = ({ message }: ErrorReply): boolean => /\b(READONLY|MASTERDOWN)\b/.test(message)
