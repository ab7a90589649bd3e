import { createClient, createCluster } from '@redis/client'
import { guarded, owned } from '../../lib/guard.ts'
import type { RedisAddress } from '../../lib/redis-address.ts'

// The door of @redis/client: no other file imports the library or knows what it does not document. The shape of a
// client is checked, so that another version fails with an error that says so instead of silently.

export { ErrorReply } from '@redis/client'

export type Connection = ReturnType<typeof createConnection>
export type Shards = ReturnType<typeof createShards>
/** A server of a Redis Cluster that takes writes. */
export type Shard = Shards['masters'][number]

export const CONNECT_TIMEOUT_MS = 2_000

const CONNECTION = {
  RESP: 2,
  disableOfflineQueue: true,
  /** Commands that may await a reply; one more is rejected at once. */
  commandsQueueMaxLength: 100_000,
} as const
const SOCKET = { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS } as const

const socketOf = ({ host, port, isTls }: RedisAddress) =>
  isTls ? { ...SOCKET, host, port, tls: true as const } : { ...SOCKET, host, port }

/** The user and password of an address, as options of the library. */
const credentialsOf = ({ user, password }: RedisAddress) => ({
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

/** Connections to all shards of a Redis Cluster, of which the server there is one. */
export function createShards(address: RedisAddress, onBroken: (error: unknown) => void) {
  const tls = address.isTls ? ({ tls: true } as const) : {}
  const shards = createCluster({
    RESP: 2,
    rootNodes: [{ socket: socketOf(address) }],
    // Every shard gets the user and password of the address.
    defaults: { ...CONNECTION, ...credentialsOf(address), socket: { ...SOCKET, ...tls } },
    // Every master is connected to at once: a shard that is away is noticed, and not first by a message.
    minimizeConnections: false,
  })
  // Not its 'node-disconnect': the library gives up a connection on which nothing is subscribed to any more.
  for (const event of ['error', 'node-error', 'sharded-channel-moved-error'])
    shards.on(event, guarded('redis', onBroken))
  return shards
}

/** Throws unless connected shards have what this file uses of them. */
export function requireKnownShards({ masters, nodeClient }: Pick<Shards, 'masters' | 'nodeClient'>): void {
  if (!Array.isArray(masters) || masters.length === 0) throw unknownShape('masters')
  if (typeof nodeClient !== 'function') throw unknownShape('nodeClient')
  if (masters.some(({ id }) => typeof id !== 'string')) throw unknownShape('id of a master')
}

/** The connection on which a shard's topics are subscribed to, if there is one that is ready. */
export function subscriberOf({ pubSub }: Pick<Shard, 'pubSub'>): Pick<Connection, 'ping'> | undefined {
  if (!pubSub) return undefined
  // `destroy` looks for it: undefined once the connection is made.
  if (!('connectPromise' in pubSub)) throw unknownShape('connectPromise')
  return pubSub.client.isReady ? pubSub.client : undefined
}

const unknownShape = (part: string): Error =>
  new Error(`this version of @redis/client has no ${part} of the kind known here`)

/**
 * Destroys a client whose `connecting` may still be under way. The library's own `destroy` leaves what is connected a moment
 * later, and a connection of a shard that is just being made, with what is subscribed to on it.
 */
export function destroy(client: Connection | Shards, connecting: Promise<unknown>): void {
  const masters = 'masters' in client ? client.masters : []
  const making = masters.map((master) => master.pubSub?.connectPromise)
  client.destroy()
  const destroyAgain = () => {
    for (const master of masters) master.client?.destroy()
    client.destroy()
  }
  owned('redis', connecting.then(destroyAgain, destroyAgain))
  for (const each of making) {
    const destroyed = each?.then(
      (made) => made.destroy(),
      () => undefined,
    )
    if (destroyed) owned('redis', destroyed)
  }
}
