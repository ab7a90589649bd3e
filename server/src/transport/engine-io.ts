import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket as NetSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import { guarded } from '../lib/guard.ts'
import type { MemoryShare } from '../lib/memory-budget.ts'
import { MeasuredWebSocket } from './measured-web-socket.ts'
import { readInTurns } from './reading-turns.ts'
import { WS_PIECES } from './ws.ts'

// Uses of engine.io beyond its documentation. The shape of each connection is checked, so that another version of
// the library fails with an error that says so instead of silently.

/** Answers all requests that it is given, whatever their path. */
export interface EngineServer {
  handleRequest(request: IncomingMessage, response: ServerResponse): void
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): unknown
}

interface EngineTransport extends EventEmitter {
  readonly name: string
  /** True when a poll waits for an answer, or the WebSocket has taken the last write. */
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
  /** Gives the waiting packets to the transport, if that is writable. */
  flush(): void
  /** `discard` drops the packets that wait to be sent. */
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

/** Checks a connection of the library. Throws when it lacks a field that this file uses. */
export function engineConnection(connection: object): EngineConnection {
  const fields = connection as Readonly<Record<string, unknown>>
  const stranger = Object.entries(SHAPE).find(([field, type]) => typeof fields[field] !== type)
  if (stranger) throw new Error(`this version of engine.io has no ${stranger[0]} of the kind known here`)
  return connection as EngineConnection
}

/** Stands in for an answered handshake's request: Socket.IO reads nothing else of it. */
const RELEASED = { headers: {}, url: '/socket.io/', connection: {}, _query: {} }

/**
 * Replaces the handshake's request, which with its headers takes as much memory as the rest of the connection. Each
 * CONNECT of the connection, the first and any later one, reads the replacement.
 */
export function releaseRequest(connection: EngineConnection): void {
  Object.assign(connection, { request: RELEASED })
}

/** A closed client seldom polls again: wait `graceMs` for that, where engine.io would wait half a minute. */
export function shortenGoodbye({ transport }: EngineConnection, graceMs: number): void {
  Object.assign(transport, { closeTimeout: graceMs })
}

/** Whether a message sent now goes out at once. */
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

/** Sends messages as one answer to a poll: one by one, the first would use up the poll and the others wait. */
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

  /** Adds the options that engine.io does not pass. */
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

/** The constructor by which engine.io makes its server of WebSockets. */
export const rememberingWsServer = (shareOf: ShareOf): (new (options: ServerOptions) => WebSocketServer) =>
  class extends RememberingWsServer {
    constructor(options: ServerOptions) {
      super(options, shareOf)
    }
  }
