import type { Logger } from 'pino'
import type { Chat } from '../../core/chat.ts'
import type {
  Limits,
  SocketIoConnection,
  SocketIoDialect,
  SocketIoHandler,
  SocketIoSession,
} from '../../transport/index.ts'
import { requireWithinLimit } from '../allowance.ts'
import { Attendance, type Hall } from './attendance.ts'
import { answerTo, REFUSALS, Refusal } from './errors.ts'
import { ownerOf, parseAuth } from './wire.ts'

export interface SocketIoClientsOptions {
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
    const client = new SocketIoClient(connection, this.#options)
    this.#clients.add(client)
    return {
      events: client.events,
      onClose: async () => {
        this.#clients.delete(client)
        await client.end()
      },
    }
  }

  /** The listener cuts them off: a client that is sent away in so many words would not come back by itself. */
  async close(): Promise<void> {
    const clients = [...this.#clients]
    // First all, so that none is told of a departure that it shares.
    for (const client of clients) client.deafen()
    await Promise.all(clients.map((client) => client.end()))
  }
}

class SocketIoClient {
  readonly events: ReadonlyMap<string, SocketIoHandler>
  readonly #connection: SocketIoConnection
  readonly #options: SocketIoClientsOptions
  readonly #attendance: Attendance

  constructor(connection: SocketIoConnection, options: SocketIoClientsOptions) {
    this.#connection = connection
    this.#options = options
    this.#attendance = new Attendance(options.hall, {
      sink: connection.sink,
      onRevoked: () => connection.disconnect(),
      onLeft: (conversationId, visitor) => options.conversations.announceDeparture(conversationId, visitor),
    })
    this.events = new Map([
      ['auth', (argument, acknowledge) => this.#authenticate(argument, acknowledge)],
    ] satisfies [string, SocketIoHandler][])
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

  async #authenticate(argument: unknown, acknowledge: () => void): Promise<void> {
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
    requireWithinLimit(limits.take('command', visit.visitor.account.accountId))
    if (this.#attendance.hasEnded) return
    // Without a wait from here on: the acknowledgement goes before the first event, and no event is lost.
    this.#connection.setOwner(ownerOf(visit.visitor))
    const isThere = this.#attendance.join(visit)
    acknowledge()
    if (isThere) conversations.announceArrival(visit.conversationId, visit.visitor.account)
  }
}
