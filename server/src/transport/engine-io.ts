import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket as NetSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import { guarded } from '../lib/guard.ts'
import type { MemoryShare } from '../lib/memory-budget.ts'
import { MeasuredWebSocket } from './measured-web-socket.ts'
import { readInTurns } from './socket-io-floods.ts'
import { WS_PIECES } from './ws.ts'

// What is used of engine.io beyond what it documents. Its shape is checked with each connection, so that another
// version of it is refused in words instead of failing silently.

/** Answers all requests that it is given, whatever their path. */
export interface EngineServer {
  handleRequest(request: IncomingMessage, response: ServerResponse): void
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): unknown
}

interface EngineTransport extends EventEmitter {
  readonly name: string
  /** A poll waits for an answer, or the WebSocket has taken what was written last. */
  readonly writable: boolean
  readonly socket?: WebSocket
}

/** One client's connection, over polls or a WebSocket. */
export interface EngineConnection extends EventEmitter {
  readonly protocol: number
  readonly readyState: string
  readonly upgrading: boolean
  readonly writeBuffer: readonly unknown[]
  readonly transport: EngineTransport
  readonly request: IncomingMessage
  send(message: string): unknown
  /** Gives the transport what waits, if it is writable. */
  flush(): void
  /** Discarding: what waits to be sent is forgotten. */
  close(discard?: boolean): unknown
}

const SHAPE: Readonly<Record<string, string>> = {
  readyState: 'string',
  upgrading: 'boolean',
  writeBuffer: 'object',
  transport: 'object',
  request: 'object',
  send: 'function',
  flush: 'function',
  close: 'function',
}

/** A connection as the library hands it over. Throws when it is not what this file knows. */
export function engineConnection(connection: object): EngineConnection {
  const fields = connection as Readonly<Record<string, unknown>>
  const stranger = Object.entries(SHAPE).find(([field, type]) => typeof fields[field] !== type)
  if (stranger) throw new Error(`this version of engine.io has no ${stranger[0]} of the kind known here`)
  return connection as EngineConnection
}

/** All that Socket.IO reads of a handshake's request once it has been answered. */
const RELEASED = { headers: {}, url: '/socket.io/', connection: {}, _query: {} }

/**
 * Lets go of the handshake's request: with its headers it takes as much memory as all the rest. Each CONNECT of
 * the connection, the first and any later one, reads what stands in its place.
 */
export function releaseRequest(connection: EngineConnection): void {
  Object.assign(connection, { request: RELEASED })
}

/** A polling client that was sent away seldom asks again; engine.io would wait half a minute for it. */
export function shortenGoodbye({ transport }: EngineConnection, graceMs: number): void {
  Object.assign(transport, { closeTimeout: graceMs })
}

/** Whether what is sent now goes out at once. */
export const mayTake = ({ readyState, transport }: EngineConnection): boolean =>
  readyState === 'open' && transport.writable

/** `hear` is called whenever `mayTake` becomes true, before engine.io itself writes what it has. */
export function onTransportReady(connection: EngineConnection, hear: () => void): void {
  const listen = ({ transport }: EngineConnection) =>
    transport.prependListener(
      'ready',
      guarded('socket_io', hear, () => connection.close(true)),
    )
  listen(connection)
  connection.on('upgrade', () => {
    listen(connection)
    hear()
  })
}

/** As one answer to a poll: of messages sent one by one the first would take the poll, and the others wait for the next. */
export function sendTogether(connection: EngineConnection, messages: readonly string[]): void {
  const { transport } = connection
  const { writable } = transport
  Object.assign(transport, { writable: false })
  for (const message of messages) connection.send(message)
  Object.assign(transport, { writable })
  connection.flush()
}

const rawSockets = new WeakMap<WebSocket, NetSocket>()

/** The socket that carries an established WebSocket, if nothing waits in engine.io to be written before. */
export function rawSocketOf(connection: EngineConnection): NetSocket | undefined {
  const { transport, readyState, upgrading, writeBuffer } = connection
  if (transport.name !== 'websocket' || readyState !== 'open' || upgrading) return undefined
  if (writeBuffer.length > 0 || !transport.writable) return undefined
  return transport.socket && rawSockets.get(transport.socket)
}

/** Remembers the socket under each WebSocket, so that shared frames can be written to it directly. */
class RememberingWsServer extends WebSocketServer<typeof MeasuredWebSocket> {
  readonly #shareOf: ShareOf

  /** engine.io passes options of its own, and none for these. */
  constructor(options: ServerOptions, shareOf: ShareOf) {
    super({ ...options, ...WS_PIECES, WebSocket: MeasuredWebSocket })
    this.#shareOf = shareOf
  }

  override handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    done: (ws: MeasuredWebSocket, request: IncomingMessage) => void,
  ): void {
    super.handleUpgrade(request, socket, head, (ws, upgraded) => {
      // Node hands upgrades over with the net.Socket (or TLSSocket) they came on.
      rawSockets.set(ws, socket as NetSocket)
      ws.measure(socket, this.#shareOf(request))
      readInTurns(socket as NetSocket)
      done(ws, upgraded)
    })
  }
}

type ShareOf = (request: IncomingMessage) => MemoryShare

/** What engine.io makes its server of WebSockets with: a constructor. */
export const rememberingWsServer = (shareOf: ShareOf): (new (options: ServerOptions) => WebSocketServer) =>
  class extends RememberingWsServer {
    constructor(options: ServerOptions) {
      super(options, shareOf)
    }
  }
