import type { Bus, Unsubscribe } from '../../bus/bus.ts'
import { type AccountEvent, type AccountId, accountTopic, type ConversationId } from '../../core/chat.ts'
import type { Frame, Sink } from '../../delivery/index.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { renderStatus } from './events.ts'

/** A connection, as its account's news reaches it. */
export interface LiveConnection {
  readonly sink: Sink
  joined(conversationId: ConversationId): void
  left(conversationId: ConversationId): void
  revoked(): void
}

interface Live {
  readonly connections: Set<LiveConnection>
  readonly unsubscribe: Unsubscribe
}

/** The accounts that are connected to this node. What happens to one happens to all of its connections. */
export class LiveAccounts {
  readonly #bus: Bus
  readonly #accounts = new Map<AccountId, Live>()

  constructor(bus: Bus) {
    this.#bus = bus
  }

  add(accountId: AccountId, connection: LiveConnection): void {
    const known = this.#accounts.get(accountId)
    if (known) {
      known.connections.add(connection)
      return
    }
    const connections = new Set([connection])
    const unsubscribe = this.#bus.subscribe(accountTopic(accountId), (event) => hear(event, connections))
    this.#accounts.set(accountId, { connections, unsubscribe })
  }

  remove(accountId: AccountId, connection: LiveConnection): void {
    const live = this.#accounts.get(accountId)
    if (!live?.connections.delete(connection) || live.connections.size > 0) return
    live.unsubscribe()
    this.#accounts.delete(accountId)
  }

  tell(accountId: AccountId, frame: Frame): void {
    tellAll(this.#accounts.get(accountId)?.connections ?? [], frame)
  }
}

function hear(event: AccountEvent, connections: ReadonlySet<LiveConnection>): void {
  switch (event.type) {
    case 'account.joined':
      for (const connection of connections) connection.joined(event.conversationId)
      return
    case 'account.left':
      for (const connection of connections) connection.left(event.conversationId)
      return
    case 'contact.presence':
      tellAll(connections, renderStatus(event.contact, event.isOnline))
      return
    case 'account.revoked':
      for (const connection of connections) connection.revoked()
      return
    default:
      unreachable(event)
  }
}

function tellAll(connections: Iterable<LiveConnection>, frame: Frame): void {
  for (const { sink } of connections) sink.send(frame)
}
