import type { PresenceSets } from '../bus/bus.ts'
import { owned } from '../lib/guard.ts'
import { KeyedQueue } from '../lib/keyed-queue.ts'
import type { Logger } from '../observe/index.ts'
import type { Connection } from './connection.ts'

const CONNECTIONS = 'pusher:connections'
/** The one member that every connection holds, so that holders are connections. */
const ANYONE = '*'

/**
 * Bounds the connections of the application over all nodes. Nodes that count at the same moment may each refuse
 * the last one. While the nodes cannot reach one another, each has the whole quota.
 */
export class ConnectionQuota {
  readonly #sets: PresenceSets
  readonly #max: number
  readonly #log: Logger
  // Entries run one after another: connections that come at once must not all count one another, and all be refused.
  readonly #queue = new KeyedQueue<'quota'>()

  constructor(sets: PresenceSets, max: number, log: Logger) {
    this.#sets = sets
    this.#max = max
    this.#log = log
  }

  /** Whether there is room for one more, which must then `leave` again. Never rejects: if counting fails, there is. */
  enter({ requestId }: Pick<Connection, 'requestId'>): Promise<boolean> {
    return this.#queue.run('quota', async () => {
      try {
        await this.#sets.enter(CONNECTIONS, ANYONE)
        if ((await this.#sets.countHolders(CONNECTIONS)) <= this.#max) return true
        await this.#sets.leave(CONNECTIONS, ANYONE)
        return false
      } catch (err) {
        this.#log.warn({ err, requestId }, 'connections were not counted')
        return true
      }
    })
  }

  leave(): void {
    owned(
      'task',
      this.#queue.run('quota', () => this.#sets.leave(CONNECTIONS, ANYONE)),
    )
  }
}
