import type { Chat, ConversationId, Sender } from '../../core/chat.ts'
import type { Sink } from '../../delivery/index.ts'
import type { Logger } from '../../observe/index.ts'
import type { Limits, SocketIoConnection, SocketIoDialect, SocketIoSession } from '../../transport/index.ts'
import { requireWithinLimit } from '../rate-limit.ts'
import { Attendance, type Attendee, type Hall } from './attendance.ts'
import { answerTo, REFUSALS, Refusal } from './errors.ts'
import { ownerOf, parseAuth } from './wire.ts'

interface SocketIoClientsOptions {
  readonly hall: Hall
  readonly conversations: Chat['conversations']
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
    // First all, so that none is told of a departure that it shares.
    for (const client of clients) client.deafen()
    const end = (client: SocketIoClient) =>
      client.end().catch((err) => this.#options.log.error({ err }, 'connection failed to end'))
    await Promise.all(clients.map(end))
  }
}

/** The one event there is. */
const AUTH = 'auth'

class SocketIoClient implements SocketIoSession, Attendee {
  readonly #connection: SocketIoConnection
  readonly #options: SocketIoClientsOptions
  readonly #clients: Set<SocketIoClient>
  readonly #attendance: Attendance

  /** One of those, until its connection closes. */
  constructor(connection: SocketIoConnection, options: SocketIoClientsOptions, clients: Set<SocketIoClient>) {
    this.#connection = connection
    this.#options = options
    this.#clients = clients
    this.#attendance = new Attendance(options.hall, this)
    clients.add(this)
  }

  get sink(): Sink {
    return this.#connection.sink
  }

  onRevoked(): void {
    this.#connection.disconnect()
  }

  onLeft(conversationId: ConversationId, visitor: Sender): void {
    this.#options.conversations.announceDeparture(conversationId, visitor)
  }

  knows(event: string): boolean {
    return event === AUTH
  }

  async onClose(): Promise<void> {
    this.#clients.delete(this)
    await this.end()
  }

  get isInRoom(): boolean {
    return this.#attendance.isInRoom
  }

  end(): Promise<void> {
    return this.#attendance.end()
  }

  deafen(): void {
    this.#attendance.deafen()
  }

  async handle(_event: string, argument: unknown, acknowledge: () => void): Promise<void> {
    try {
      await this.#enter(argument, acknowledge)
    } catch (error) {
      if (!answerTo(error)) this.#options.log.error({ err: error }, 'auth failed')
      this.#connection.disconnect()
    }
  }

  async #enter(argument: unknown, acknowledge: () => void): Promise<void> {
    const { limits, conversations } = this.#options
    requireWithinLimit(limits.take('request', this.#connection.address))
    const pass = parseAuth(argument)
    if (!pass) throw new Refusal(REFUSALS.unknownUser)
    const visit = await this.#attendance.enter(pass, this.#connection.address)
    if (this.#attendance.hasEnded) return
    // Without a wait from here on: the acknowledgement goes before the first event, and no event is lost.
    this.#connection.setOwner(ownerOf(visit.visitor))
    const outcome = this.#attendance.join(visit)
    acknowledge()
    // Announce only an arrival: the others have been told of a client that asks again.
    if (outcome === 'has come') conversations.announceArrival(visit.conversationId, visit.visitor.account)
  }
}
