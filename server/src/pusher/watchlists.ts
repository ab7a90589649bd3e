import type { Bus } from '../bus/bus.ts'
import { owned } from '../lib/guard.ts'
import { RefCounted } from '../lib/ref-counted.ts'
import type { Logger } from '../observe/index.ts'
import type { Limits } from '../transport/index.ts'
import type { Connection } from './connection.ts'
import { CODES, PusherError } from './errors.ts'
import { watchlistFrame } from './frames.ts'
import type { OnlineUsers } from './online-users.ts'
import { QUOTAS } from './quotas.ts'
import { WatchedUser } from './watched-user.ts'

interface WatchlistsDeps {
  readonly bus: Bus
  readonly onlineUsers: Pick<OnlineUsers, 'has'>
  readonly limits: Pick<Limits, 'mayHold' | 'hold' | 'letGo'>
  readonly log: Logger
}

type Watched = ReadonlyMap<string, WatchedUser>
const NOBODY: Watched = new Map()

/** Tells signed-in connections which users of their lists are online, and when that changes. */
export class Watchlists {
  readonly #deps: WatchlistsDeps
  readonly #watched: RefCounted<string, Connection, WatchedUser>
  readonly #lists = new Map<Connection, Watched>()
  /** Connections with a list whose state they have not been told. */
  readonly #untold = new Set<Connection>()
  /** Entries of all lists together. */
  #size = 0

  constructor(deps: WatchlistsDeps) {
    this.#deps = deps
    const isAboutToBeTold = (connection: Connection) => this.#untold.has(connection)
    this.#watched = new RefCounted((userId) => new WatchedUser(userId, { ...deps, isAboutToBeTold }))
  }

  /**
   * Replaces the list of a connection, and tells it the whole state. Throws a `PusherError` when there is no room for
   * the new list; the connection then watches nobody.
   */
  set(connection: Connection, userIds: readonly string[]): void {
    const before = this.#lists.get(connection) ?? NOBODY
    if (userIds.length === 0) {
      this.forget(connection)
      return
    }
    if (!this.#hasRoom(connection, userIds.length)) {
      this.forget(connection)
      throw new PusherError(CODES.watchlist, 'Watchlist refused - too many users are watched')
    }
    // Join before leaving the old list: users on both need not be asked for again.
    const list = new Map(userIds.map((userId) => [userId, this.#watched.join(userId, connection)]))
    this.#lists.set(connection, list)
    this.#untold.add(connection)
    this.#count(connection, list.size)
    this.#leave(connection, before, list)
    owned('task', this.#tellAll(connection, list), connection)
  }

  /** Drops the list of a connection that is gone, or watches nobody any more. */
  forget(connection: Connection): void {
    const list = this.#lists.get(connection) ?? NOBODY
    this.#lists.delete(connection)
    this.#untold.delete(connection)
    this.#leave(connection, list, NOBODY)
  }

  #hasRoom({ address, requestId }: Connection, size: number): boolean {
    const { limits, log } = this.#deps
    if (!limits.mayHold('watch', address)) return false
    if (this.#size + size <= QUOTAS.watchesOfNode) return true
    log.warn({ watched: this.#size, requestId }, 'no room for another watchlist')
    return false
  }

  #leave(connection: Connection, list: Watched, kept: Watched): void {
    for (const userId of list.keys()) if (!kept.has(userId)) this.#watched.leave(userId, connection)
    this.#count(connection, -list.size)
  }

  #count({ address }: Connection, change: number): void {
    const { limits } = this.#deps
    this.#size += change
    for (let i = 0; i < Math.abs(change); i++) {
      if (change > 0) limits.hold('watch', address)
      else limits.letGo('watch', address)
    }
  }

  async #tellAll(connection: Connection, list: Watched): Promise<void> {
    await Promise.all([...list.values()].map((user) => user.known()))
    if (connection.isClosed || this.#lists.get(connection) !== list) return
    this.#untold.delete(connection)
    const online = [...list.keys()].filter((userId) => list.get(userId)?.isOnline)
    const offline = [...list.keys()].filter((userId) => !list.get(userId)?.isOnline)
    connection.send(
      watchlistFrame([
        ['online', online],
        ['offline', offline],
      ]),
    )
  }
}
