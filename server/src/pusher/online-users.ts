import { type Bus, type PresenceShift, type Topic, topic } from '../bus/bus.ts'
import type { Logger } from '../observe/index.ts'
import { LingeringHolds } from './lingering-holds.ts'

const ONLINE = 'pusher:online'

/** Carries whether the user is online by now. */
export const onlineTopic = (userId: string): Topic<boolean> => topic(`pusher:online:${userId}`)

/** A user is online while a connection on any node has signed in as that user, and a moment longer. */
export class OnlineUsers {
  readonly #bus: Bus
  readonly #holds: LingeringHolds

  constructor(bus: Bus, lingerMs: number, log: Logger) {
    this.#bus = bus
    this.#holds = new LingeringHolds(bus.presence, lingerMs, log)
  }

  add(userId: string): void {
    this.#holds.hold(ONLINE, userId, () => this.#tell(userId, true))
  }

  remove(userId: string): void {
    this.#holds.release(ONLINE, userId, () => this.#tell(userId, false))
  }

  /** Tells of a user who went with a node, or is back with it. */
  shifted({ set, member, isPresent }: PresenceShift): void {
    if (set === ONLINE) this.#tell(member, isPresent)
  }

  has(userId: string): Promise<boolean> {
    return this.#bus.presence.has(ONLINE, userId)
  }

  close(): Promise<void> {
    return this.#holds.close()
  }

  #tell(userId: string, isOnline: boolean): void {
    this.#bus.publish(onlineTopic(userId), isOnline)
  }
}
