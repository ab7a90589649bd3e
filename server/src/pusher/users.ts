import { type Bus, type Topic, topic } from '../bus/bus.ts'
import { RefCounted } from '../lib/ref-counted.ts'
import type { Connection } from './connection.ts'

const userTopic = (userId: string): Topic<'terminate'> => topic(`pusher:user:${userId}`)

/** The users who have signed in on this node. */
export class Users {
  readonly #bus: Bus
  readonly #signedIn: RefCounted<string, Connection>

  constructor(bus: Bus) {
    this.#bus = bus
    this.#signedIn = new RefCounted((userId) => {
      const members = new Set<Connection>()
      const unsubscribe = bus.subscribe(userTopic(userId), () => {
        for (const connection of members) connection.terminate()
      })
      return { members, close: unsubscribe }
    })
  }

  add(userId: string, connection: Connection): void {
    this.#signedIn.join(userId, connection)
  }

  remove(userId: string, connection: Connection): void {
    this.#signedIn.leave(userId, connection)
  }

  /** On every node. */
  terminate(userId: string): void {
    this.#bus.publish(userTopic(userId), 'terminate')
  }
}
