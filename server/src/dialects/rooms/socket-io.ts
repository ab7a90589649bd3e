import type { Chat, ConversationId, Sender } from '../../core/chat.ts'
import type { Sink } from '../../delivery/index.ts'
import type { Logger } from '../../observe/index.ts'
import type { Limits, SocketIoConnection, SocketIoDialect, SocketIoSession } from '../../transport/index.ts'
import { requireWithinLimit } from '../rate-limit.ts'
import { answerTo, REFUSALS, Refusal } from './errors.ts'
import { type RoomClient, RoomConnection, type RoomConnectionParts } from './room-connection.ts'
import { ownerOf, parseAuth } from './wire.ts'

interface SocketIoClientsOptions {
  readonly parts: RoomConnectionParts
  readonly visits: Chat['visits']
  readonly limits: Limits
  readonly log: Logger
}

/** Socket.IO clients: each may be in several rooms, and the others there are told. */
export class SocketIoClients implements SocketIoDialect {
  readonly #options: SocketIoClientsOptions
  readonly #clients = new Set<SocketIoClient>()

  constructor(options: SocketIoClientsOptions) {
    this.#options = options
  }

  /** Those in a room. */
  get count(): number {
    return [...this.#clients].filter((client) => client.isInRoom).length
  }

  connect(connection: SocketIoConnection): SocketIoSession {
    return new SocketIoClient(connection, this.#options, this.#clients)
  }

  /** The listener cuts them off: a client that is sent away in so many words would not come back by itself. */
  async close(): Promise<void> {
    const clients = [...this.#clients]
    // Silence all connections first, so that none hears a departure that it shares.
    for (const client of clients) client.deafen()
    const end = (client: SocketIoClient) =>
      client.end().catch((err) => client.logError(err, 'connection failed to end'))
    await Promise.all(clients.map(end))
  }
}

/** The one event there is. */
const AUTH = 'auth'

class SocketIoClient implements SocketIoSession, RoomClient {
  readonly #socket: SocketIoConnection
  readonly #options: SocketIoClientsOptions
  readonly #clients: Set<SocketIoClient>
  readonly #connection: RoomConnection

  /** Adds itself to `clients`, until its connection closes. */
  constructor(socket: SocketIoConnection, options: SocketIoClientsOptions, clients: Set<SocketIoClient>) {
    this.#socket = socket
    this.#options = options
    this.#clients = clients
    this.#connection = new RoomConnection(options.parts, this)
    clients.add(this)
  }

  get requestId(): string {
    return this.#socket.requestId
  }

  get sink(): Sink {
    return this.#socket.sink
  }

  onRevoked(): void {
    this.#socket.disconnect()
  }

  onLeft(conversationId: ConversationId, visitor: Sender): void {
    this.#options.visits.departed(conversationId, visitor)
  }

  knows(event: string): boolean {
    return event === AUTH
  }

  async onClose(): Promise<void> {
    this.#clients.delete(this)
    await this.end()
  }

  get isInRoom(): boolean {
    return this.#connection.isInRoom
  }

  end(): Promise<void> {
    return this.#connection.end()
  }

  /** Logs an error with the id of the connection. */
  logError(err: unknown, message: string): void {
    this.#options.log.error({ err, requestId: this.requestId }, message)
  }

  deafen(): void {
    this.#connection.deafen()
  }

  async handle(_event: string, argument: unknown, acknowledge: () => void): Promise<void> {
    try {
      await this.#enter(argument, acknowledge)
    } catch (error) {
      if (!answerTo(error)) this.logError(error, 'auth failed')
      this.#socket.disconnect()
    }
  }

  async #enter(argument: unknown, acknowledge: () => void): Promise<void> {
    const { limits, visits } = this.#options
    requireWithinLimit(limits.take('request', this.#socket.address))
    const pass = parseAuth(argument)
    if (!pass) throw new Refusal(REFUSALS.unknownUser)
    const admission = await this.#connection.enter(pass, this.#socket.address)
    if (this.#connection.hasEnded) return
    // Without a wait from here on: the acknowledgement goes before the first event, and no event is lost.
    this.#socket.setOwner(ownerOf(admission.visitor))
    const outcome = this.#connection.join(admission)
    acknowledge()
    // Announce only an arrival: the others already know a client that asks again.
    if (outcome === 'has come') visits.arrived(admission.pending.conversationId, admission.visitor.account)
  }
}
