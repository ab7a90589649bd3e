import { type Bus, type Topic, topic, type Unsubscribe } from '../bus/bus.ts'
import type { Connection } from './connection.ts'

const userTopic = (userId: string): Topic<'terminate'> => topic(`pusher:user:${userId}`)

interface User {
  readonly connections: Set<Connection>
  readonly unsubscribe: Unsubscribe
}

/** The users who have signed in on this node. */
export class Users {
  readonly #bus: Bus
  readonly #users = new Map<string, User>()

  constructor(bus: Bus) {
    this.#bus = bus
  }

  add(userId: string, connection: Connection): void {
    const user = this.#users.get(userId) ?? this.#enter(userId)
    user.connections.add(connection)
  }

  remove(userId: string, connection: Connection): void {
    const user = this.#users.get(userId)
    user?.connections.delete(connection)
    if (user?.connections.size !== 0) return
    user.unsubscribe()
    this.#users.delete(userId)
  }

  /** On every node. */
  terminate(userId: string): void {
    this.#bus.publish(userTopic(userId), 'terminate')
  }

  #enter(userId: string): User {
    const connections = new Set<Connection>()
    const unsubscribe = this.#bus.subscribe(userTopic(userId), () => {
      for (const connection of connections) connection.terminate()
    })
    const user = { connections, unsubscribe }
    this.#users.set(userId, user)
    return user
  }
}
