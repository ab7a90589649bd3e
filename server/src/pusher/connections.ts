import type { IncomingMessage } from 'node:http'
import { runEvery } from '../lib/timers.ts'
import type { Logger } from '../observe/index.ts'
import {
  type AddressOf,
  Inbox,
  type Limits,
  type UpgradeHandler,
  WsAcceptor,
  type WsConnection,
  type WsHandlers,
} from '../transport/index.ts'
import { Connection, failWebSocket } from './connection.ts'
import type { ConnectionQuota } from './connection-quota.ts'
import { CODES, PusherError, SubscriptionError } from './errors.ts'
import { errorFrame, establishedFrame, subscriptionErrorFrame } from './frames.ts'
import { type HandshakeRefusal, refusedHandshake } from './handshake.ts'
import { QUOTAS } from './quotas.ts'
import type { Requests } from './requests.ts'
import { parseMessage } from './wire.ts'

/** Times in seconds. */
export interface Liveness {
  /** The silence after which clients ping; the handshake tells them. */
  readonly activityTimeout: number
  /** How much longer the server waits before it pings itself. */
  readonly grace: number
  /** How long a pinged client may stay silent. */
  readonly pongTimeout: number
}

interface ConnectionsDeps {
  readonly key: string
  readonly requests: Requests
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly liveness: Liveness
  /** Connections that this node takes. */
  readonly maxConnections: number
  /** The application's quota; undefined when there is none. */
  readonly quota: ConnectionQuota | undefined
  readonly log: Logger
}

/** The clients of this node. */
export class Connections {
  readonly #deps: ConnectionsDeps
  readonly #acceptor: WsAcceptor
  readonly #connections = new Map<string, Connection>()
  readonly #heartbeat: NodeJS.Timeout

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps
    const { limits, addressOf } = deps
    this.#acceptor = new WsAcceptor({
      maxPayloadBytes: QUOTAS.messageBytes,
      slow: { code: CODES.overCapacity, reason: 'Events are not read fast enough' },
      shareOf: (request) => ({ memory: limits.memory, address: addressOf(request) }),
    })
    const { activityTimeout, pongTimeout } = deps.liveness
    const intervalMs = Math.min(1000, (Math.min(activityTimeout, pongTimeout) * 1000) / 4)
    this.#heartbeat = runEvery(intervalMs, () => this.#beat()).unref()
  }

  get count(): number {
    return this.#connections.size
  }

  find(socketId: string): Connection | undefined {
    return this.#connections.get(socketId)
  }

  /** For `/app/<key>`. */
  handler(key: string): UpgradeHandler {
    return (request, socket, head) =>
      this.#acceptor.accept(request, socket, head, (ws) => this.#open(ws, key, request))
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat)
    for (const connection of this.#connections.values()) connection.fail(RESTARTING.code, RESTARTING.message)
    await this.#acceptor.close(RESTARTING.code, RESTARTING.message)
  }

  #open(ws: WsConnection, key: string, request: IncomingMessage): WsHandlers {
    const refusal = this.#refusal(key, request)
    if (refusal) {
      failWebSocket(ws, refusal.code, refusal.message)
      return { onText: () => undefined, onClose: () => undefined }
    }
    const connection = new Connection(ws, this.#deps.addressOf(request))
    this.#connections.set(connection.socketId, connection)
    const admitted = this.#admit(connection)
    const handle = async (text: string) => {
      if (admitted) await admitted
      await this.#handle(connection, text)
    }
    const inbox = new Inbox({ handle, onError: (error) => this.#answerError(connection, error) }, ws)
    connection.onClose(() => {
      inbox.clear()
      this.#connections.delete(connection.socketId)
      this.#deps.requests.forget(connection)
    })
    return {
      onText: (text) => {
        if (!connection.isClosed) inbox.push(text)
      },
      onClose: () => connection.end(),
    }
  }

  /** Returns undefined when the connection is admitted already. */
  #admit(connection: Connection): Promise<void> | undefined {
    const { quota, liveness } = this.#deps
    const welcome = () => connection.send(establishedFrame(connection.socketId, liveness.activityTimeout))
    if (quota) return this.#admitUnder(quota, connection, welcome)
    welcome()
    return undefined
  }

  async #admitUnder(quota: ConnectionQuota, connection: Connection, welcome: () => void): Promise<void> {
    if (!(await quota.enter(connection))) {
      connection.fail(CODES.overQuota, 'Application is over connection quota')
      return
    }
    connection.onClose(() => quota.leave())
    if (!connection.isClosed) welcome()
  }

  #refusal(key: string, request: IncomingMessage): HandshakeRefusal | undefined {
    const { limits, addressOf, maxConnections } = this.#deps
    if (limits.take('request', addressOf(request)) > 0) return TOO_MANY
    if (this.#connections.size >= maxConnections) return TOO_MANY
    return refusedHandshake({ key, expectedKey: this.#deps.key, url: request.url ?? '' })
  }

  async #handle(connection: Connection, text: string): Promise<void> {
    if (connection.isCrowded) await connection.drained()
    // The connection may have closed while we waited; anything it subscribes to now would never be released.
    if (connection.isClosed) return
    if (this.#deps.limits.take('command', connection.socketId) > 0) {
      throw new PusherError(CODES.tooFast, 'Too many messages')
    }
    await this.#deps.requests.run(connection, parseMessage(text))
  }

  #answerError(connection: Connection, error: unknown): void {
    if (connection.isClosed && error instanceof PusherError) return
    if (error instanceof PusherError) {
      connection.send(errorFrame(error))
      if (error instanceof SubscriptionError) connection.send(subscriptionErrorFrame(error))
      return
    }
    this.#deps.log.error({ err: error, requestId: connection.requestId }, 'request failed')
    connection.send(errorFrame({ code: CODES.other, message: 'Internal error' }))
  }

  #beat(): void {
    const { activityTimeout, grace, pongTimeout } = this.#deps.liveness
    const now = performance.now()
    const bounds = { silenceMs: (activityTimeout + grace) * 1000, pongTimeoutMs: pongTimeout * 1000 }
    for (const connection of this.#connections.values()) {
      if (connection.checkAlive(now, bounds)) continue
      connection.fail(CODES.noPong, 'Pong reply not received in time')
    }
  }
}

const RESTARTING = { code: CODES.reconnect, message: 'The server is closing; reconnect' } as const
const TOO_MANY = { code: CODES.overCapacity, message: 'Over capacity' } as const
