import { requireKnownShards, type Shard, type Shards, subscriberOf } from './client.ts'
import { askPrimary } from './role.ts'

/** Asks the shards whether they are there, and where the slots lie. */
export class ShardWatch {
  readonly #shards: Shards
  #layout: string | undefined
  #isMoving = false

  /** Throws when the library's shards have not the shape that is known. */
  constructor(shards: Shards) {
    requireKnownShards(shards)
    this.#shards = shards
  }

  /**
   * Rejects when a shard does not answer, and once slots have moved and lie still. The library follows a topic to
   * another shard, but misses the topic's news on the way. It does not notice the move at all when told of it while
   * it waits for another answer.
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
  async #ask(master: Shard): Promise<string> {
    const subscriber = subscriberOf(master)
    const commands = await this.#shards.nodeClient(master)
    const [slots] = await Promise.all([commands.clusterSlots(), askPrimary(commands), subscriber?.ping()])
    return [master.id, ...slots.map(({ from, to, master: { id } }) => `${from}-${to} ${id}`)].join()
  }
}
