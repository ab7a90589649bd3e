import { createCluster } from '@redis/client'
import { guarded } from '../../lib/guard.ts'
import type { RedisAddress } from '../../lib/redis-address.ts'
import { CONNECTION, credentialsOf, SOCKET, socketOf } from './connection.ts'
import { askPrimary } from './role.ts'

export type Shards = ReturnType<typeof createShards>

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

/** Asks the shards whether they are there, and where the slots lie. */
export class ShardWatch {
  readonly #shards: Shards
  #layout: string | undefined
  #isMoving = false

  constructor(shards: Shards) {
    this.#shards = shards
  }

  /**
   * Rejects when a shard does not answer, and once slots have moved and lie still. The library follows a topic to
   * another shard, but what was said on the way is missed; and it does not notice at all when the news that a
   * topic has left comes while it waits for another answer.
   */
  async ping(): Promise<void> {
    const views = await Promise.all(this.#shards.masters.map((master) => this.#ask(master)))
    const layout = views.toSorted().join('; ')
    const hasMoved = this.#layout !== undefined && layout !== this.#layout
    this.#layout = layout
    if (this.#isMoving && !hasMoved) throw new Error('Redis has moved slots between its shards')
    this.#isMoving = hasMoved
  }

  /** Where the slots lie, as this shard sees it. */
  async #ask(master: Shards['masters'][number]): Promise<string> {
    const subscriber = master.pubSub?.client
    const commands = await this.#shards.nodeClient(master)
    const [slots] = await Promise.all([
      commands.clusterSlots(),
      askPrimary(commands),
      subscriber?.isReady && subscriber.ping(),
    ])
    return [master.id, ...slots.map(({ from, to, master: { id } }) => `${from}-${to} ${id}`)].join()
  }
}
