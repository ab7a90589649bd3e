import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket as NetSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Server, type ServerOptions } from 'socket.io'
import type { WebSocket } from 'ws'
import { guarded, guardedEmitOfMany } from '../lib/guard.ts'
import { createServer } from '../lib/http.ts'
import { replaceEmit } from './guards.ts'
import { rawSocketUnder, rememberingWsServer, type ShareOf } from './remembering-ws-server.ts'
import { requestIdOf } from './request-ids.ts'

// The door of socket.io and engine.io: no other file imports them or knows what they do not document. Server and
// connections are checked when they are made. Where the shape is another, clients are refused and the log says why:
// serving them by plain `emit` would need the same parts for its bounds and its order, and without them a client that
// does not read could fill the memory.

export type { ServerOptions, Socket } from 'socket.io'

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
  /** 3 or 4. */
  readonly protocol: number
  readonly request: IncomingMessage
  /** `discard` drops the packets that wait to be sent. */
  close(discard?: boolean): unknown
}

/** A connection's private parts, which only this file uses. */
interface Inside extends EngineConnection {
  readonly readyState: string
  readonly upgrading: boolean
  readonly writeBuffer: readonly unknown[]
  readonly transport: EngineTransport
  send(message: string): unknown
  /** Gives the waiting packets to the transport, if that is writable. */
  flush(): void
}

type Shape = readonly (readonly [field: string, type: string])[]

const SERVER_SHAPE: Shape = [
  ['use', 'function'],
  ['on', 'function'],
  ['handleRequest', 'function'],
  ['handleUpgrade', 'function'],
  ['close', 'function'],
]
const NAMESPACE_SHAPE: Shape = [['_add', 'function']]
const CONNECTION_SHAPE: Shape = [
  ['protocol', 'number'],
  ['readyState', 'string'],
  ['upgrading', 'boolean'],
  ['writeBuffer', 'object'],
  ['transport', 'object'],
  ['request', 'object'],
  ['send', 'function'],
  ['flush', 'function'],
  ['close', 'function'],
]
const TRANSPORT_SHAPE: Shape = [
  ['name', 'string'],
  ['writable', 'boolean'],
]
const POLLING_SHAPE: Shape = [['closeTimeout', 'number']]

function requireShape(library: string, value: object, shape: Shape): void {
  const fields = value as Readonly<Record<string, unknown>>
  for (const [field, type] of shape)
    if (typeof fields[field] !== type)
      throw new Error(`this version of ${library} has no ${field} of the kind known here`)
}

/** Checks a connection of the library. Throws when it lacks a field that this file uses. */
export function engineConnection(connection: object): EngineConnection {
  requireShape('engine.io', connection, CONNECTION_SHAPE)
  const { transport } = connection as Inside
  requireShape('engine.io', transport, TRANSPORT_SHAPE)
  if (transport.name === 'polling') requireShape('engine.io', transport, POLLING_SHAPE)
  return connection as EngineConnection
}

/** The private parts of a connection that `engineConnection` has checked. */
const inside = (connection: EngineConnection): Inside => connection as Inside

interface Hooks {
  readonly shareOf: ShareOf
  /** Whether a request or upgrade may go on; where not, it has been answered. */
  readonly admits: (request: IncomingMessage, response: ServerResponse) => boolean
  readonly onConnection: (connection: EngineConnection) => void
}

/** The library's server, and its engine, which is given all requests: it listens to nothing. Throws as above. */
export function openSocketIo(
  options: Partial<ServerOptions>,
  { shareOf, admits, onConnection }: Hooks,
): { readonly io: Server; readonly engine: EngineServer } {
  // The library wants a server to listen to. This one never listens.
  const io = new Server(createServer(), { ...options, wsEngine: rememberingWsServer(shareOf) })
  const namespace = io.of('/')
  requireShape('engine.io', io.engine, SERVER_SHAPE)
  requireShape('socket.io', namespace, NAMESPACE_SHAPE)
  // Guard handshakes and CONNECTs: the libraries handle them in promises whose rejections nobody handles.
  replaceEmit(
    io.engine,
    guardedEmitOfMany('socket_io', ([connection]) => closeEngine(connection)),
  )
  const add = namespace._add.bind(namespace)
  Object.assign(namespace, { _add: guarded('socket_io', add, ({ conn }) => conn.close(true)) })
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (admits(request, response)) next()
  })
  io.engine.on('initial_headers', (headers: Record<string, string>, request: IncomingMessage) => {
    headers['X-Request-Id'] = requestIdOf(request)
  })
  io.engine.on('connection', (opened: object) => onConnection(engineConnection(opened)))
  return { io, engine: io.engine as unknown as EngineServer }
}

function closeEngine(connection: unknown): void {
  // Assume no shape of the connection: the check of its shape may be what failed.
  if (typeof connection === 'object' && connection !== null && 'close' in connection)
    (connection as Pick<EngineConnection, 'close'>).close(true)
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
export function shortenGoodbye(connection: EngineConnection, graceMs: number): void {
  Object.assign(inside(connection).transport, { closeTimeout: graceMs })
}

/** Whether a message sent now goes out at once. */
export function mayTake(connection: EngineConnection): boolean {
  const { readyState, transport } = inside(connection)
  return readyState === 'open' && transport.writable
}

/** Whether the last poll is answered and the next has not come. */
export function isBetweenPolls(connection: EngineConnection): boolean {
  const { name, writable } = inside(connection).transport
  return name === 'polling' && !writable
}

/** The number of packets that wait to be sent, what the library answers by itself among them. */
export const waitingPackets = (connection: EngineConnection): number => inside(connection).writeBuffer.length

interface TransportOwner {
  /** Called whenever `mayTake` becomes true, before engine.io itself writes what it has. */
  onReady(): void
  cutOff(): void
}

const owners = new WeakMap<object, TransportOwner>()

// One listener for all transports: a closure for each would take 300 bytes.
const tellReady = guarded(
  'socket_io',
  function (this: object) {
    owners.get(this)?.onReady()
  },
  function (this: object) {
    owners.get(this)?.cutOff()
  },
)

/** Has `owner` told when the connection's present transport is ready. An upgrade gives the connection another one. */
export function ownTransport(connection: EngineConnection, owner: TransportOwner): void {
  const { transport } = inside(connection)
  owners.set(transport, owner)
  transport.prependListener('ready', tellReady)
}

/** Sends messages as one answer to a poll: one by one, the first would use up the poll and the others wait. */
export function sendTogether(connection: EngineConnection, messages: readonly string[]): void {
  const { transport } = inside(connection)
  const { writable } = transport
  Object.assign(transport, { writable: false })
  for (const message of messages) inside(connection).send(message)
  Object.assign(transport, { writable })
  inside(connection).flush()
}

/** The socket that carries an established WebSocket, if nothing waits in engine.io to be written before. */
export function rawSocketOf(connection: EngineConnection): NetSocket | undefined {
  const { transport, readyState, upgrading, writeBuffer } = inside(connection)
  if (transport.name !== 'websocket' || readyState !== 'open' || upgrading) return undefined
  if (writeBuffer.length > 0 || !transport.writable) return undefined
  return transport.socket && rawSocketUnder(transport.socket)
}
