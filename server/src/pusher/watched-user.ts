import type { Bus } from '../bus/bus.ts'
import { owned } from '../lib/guard.ts'
import type { RefCountedEntry } from '../lib/ref-counted.ts'
import type { Logger } from '../observe/index.ts'
import type { Connection } from './connection.ts'
import { watchlistFrame } from './frames.ts'
import { type OnlineUsers, onlineTopic } from './online-users.ts'

interface WatchedUserDeps {
  readonly bus: Bus
  readonly onlineUsers: Pick<OnlineUsers, 'has'>
  /** Whether the connection is about to be told the whole state of its list, in which the news is. */
  readonly isAboutToBeTold: (connection: Connection) => boolean
  readonly log: Logger
}

/** A user whom connections of this node watch. All of them are told news of the user as one frame. */
export class WatchedUser implements RefCountedEntry<Connection> {
  readonly members = new Set<Connection>()
  readonly #userId: string
  readonly #deps: WatchedUserDeps
  readonly #unsubscribe: () => void
  #isOnline = false
  /** Undefined until somebody asks. */
  #known: Promise<void> | undefined
  #version = 0

  constructor(userId: string, deps: WatchedUserDeps) {
    this.#userId = userId
    this.#deps = deps
    this.#unsubscribe = deps.bus.subscribe(
      onlineTopic(userId),
      (isOnline) => this.#heard(isOnline),
      (why) => {
        if (why === 'resumed') owned('task', this.#askAfterOutage())
      },
    )
  }

  close(): void {
    this.#unsubscribe()
  }

  get isOnline(): boolean {
    return this.#isOnline
  }

  /** Resolves once `isOnline` is true to the facts; from then on it follows them. */
  known(): Promise<void> {
    this.#known ??= this.#ask().then((isOnline) => {
      if (isOnline !== undefined) this.#isOnline = isOnline
    })
    return this.#known
  }

  #heard(isOnline: boolean): void {
    this.#version++
    if (isOnline === this.#isOnline) return
    this.#isOnline = isOnline
    const frame = watchlistFrame([[isOnline ? 'online' : 'offline', [this.#userId]]])
    for (const connection of this.members) {
      if (!this.#deps.isAboutToBeTold(connection)) connection.send(frame)
    }
  }

  /** Undefined when news came meanwhile, or the answer is not known. */
  async #ask(): Promise<boolean | undefined> {
    const { bus, onlineUsers, log } = this.#deps
    try {
      // Listen before asking: what happens in between is heard.
      await bus.settled(onlineTopic(this.#userId))
      const version = this.#version
      const isOnline = await onlineUsers.has(this.#userId)
      return version === this.#version ? isOnline : undefined
    } catch (err) {
      log.warn({ err }, 'it is not known whether a user is online')
      return undefined
    }
  }

  async #askAfterOutage(): Promise<void> {
    await this.#deps.bus.presence.settled()
    const isOnline = await this.#ask()
    if (isOnline !== undefined) this.#heard(isOnline)
  }
}
