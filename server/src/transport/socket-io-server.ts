import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket as NetSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Server, type Socket } from 'socket.io'
import { type ServerOptions, WebSocketServer } from 'ws'
import { Inbox } from './inbox.ts'
import { refuseUpgrade } from './listener.ts'
import {
  type SocketIoConnection,
  type SocketIoOptions,
  type SocketIoSession,
  socketIoFrame,
} from './socket-io.ts'
import { corsOf } from './socket-io-cors.ts'
import { cutOffUnread, hold, readInTurns, release } from './socket-io-floods.ts'
import { SocketIoSink } from './socket-io-sink.ts'
import { WS_PIECES } from './ws.ts'

/** Of one packet, or one poll of several. More closes the connection, so it is well past any message. */
const MAX_SOCKET_IO_BYTES = 128 * 1024
/** What may still come from a client of which much already waits. */
const MAX_FLOOD_BYTES = 1024 * 1024
/** How long a client that polls may take to come for its goodbye. */
const CLOSE_GRACE_MS = 1_000

const rawSockets = new WeakMap<object, NetSocket>()

/** Remembers the socket under each WebSocket, so that shared frames can be written to it directly. */
class RememberingWsServer extends WebSocketServer {
  /** engine.io passes options of its own, and none for these. */
  constructor(options: ServerOptions) {
    super({ ...options, ...WS_PIECES })
  }

  override handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    done: (ws: import('ws').WebSocket, request: IncomingMessage) => void,
  ): void {
    super.handleUpgrade(request, socket, head, (ws, upgraded) => {
      rawSockets.set(ws, socket as NetSocket)
      readInTurns(socket as NetSocket)
      done(ws, upgraded)
    })
  }
}

/** Serves `/socket.io` for all dialects of a listener, engine.io 3 and 4, on the default namespace. */
export function attachSocketIo(http: HttpServer, options: SocketIoOptions): Server {
  const io = new Server(http, {
    allowEIO3: true,
    destroyUpgrade: false,
    serveClient: false,
    maxHttpBufferSize: MAX_SOCKET_IO_BYTES,
    perMessageDeflate: false,
    httpCompression: false,
    cors: corsOf,
    wsEngine: RememberingWsServer,
  })
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (isWithinLimit(request, response, options)) next()
  })
  io.engine.on('connection', cutOffUnread)
  io.on('connection', (socket) => serve(socket, options))
  return io
}

/** Every poll, post and handshake counts as a request. One too many is answered here. */
function isWithinLimit(
  request: IncomingMessage,
  response: ServerResponse,
  { addressOf, limits, exchanges }: SocketIoOptions,
): boolean {
  const isUpgrade = request.headers.upgrade !== undefined
  if (!isUpgrade) exchanges.watch(request, response)
  const retryAfter = limits.take('request', addressOf(request))
  if (retryAfter === 0) return true
  const headers = { 'Retry-After': String(retryAfter) }
  if (isUpgrade) refuseUpgrade(request.socket, 429, 'Too Many Requests', headers)
  else response.writeHead(429, headers).end('Too Many Requests')
  return false
}

function serve(socket: Socket, { dialects, addressOf, onError }: SocketIoOptions): void {
  const sink = new SocketIoSink(socket, (ws) => rawSockets.get(ws))
  const connection: SocketIoConnection = {
    address: addressOf(socket.request),
    sink,
    emit: (event, payload) => sink.send(socketIoFrame(event, payload)),
    setOwner: (owner) => sink.setOwner(owner),
    disconnect: () => {
      sink.flush()
      // A polling client that was sent away seldom asks again; engine.io would wait half a minute for it.
      Object.assign(socket.conn.transport, { closeTimeout: CLOSE_GRACE_MS })
      socket.disconnect(true)
    },
  }
  const sessions = dialects.map((dialect) => dialect.connect(connection))
  const inbox = new Inbox<readonly unknown[]>({
    handle: async (packet) => {
      await dispatch(packet, sessions)
      if (sink.isCrowded) await sink.drained()
    },
    pause: () => hold(sink.raw()),
    resume: () => release(sink.raw()),
    onError,
  })
  socket.use((packet) => inbox.push(packet))
  cutOffFloods(socket, inbox, sink)
  releaseRequest(socket)
  // A packet that cannot be parsed makes socket.io close the connection and emit this.
  socket.on('error', () => socket.disconnect(true))
  socket.on('disconnect', async () => {
    inbox.clear()
    for (const session of sessions) {
      try {
        await session.onClose()
      } catch (error) {
        onError(error)
      }
    }
  })
}

/** The handshake's request has been read: with its headers it takes as much memory as all the rest. */
function releaseRequest(socket: Socket): void {
  Object.assign(socket.conn, { request: undefined })
  socket.handshake.headers = {}
}

/** Polls cannot be slowed by not reading: a client that goes on and on meanwhile is cut off. */
function cutOffFloods(socket: Socket, inbox: Inbox<readonly unknown[]>, sink: SocketIoSink): void {
  let arrived = 0
  socket.conn.on('data', (data: string | Buffer) => {
    arrived = inbox.isPaused ? arrived + data.length : 0
    if (arrived > MAX_FLOOD_BYTES) sink.cutOff()
  })
}

async function dispatch(packet: readonly unknown[], sessions: readonly SocketIoSession[]): Promise<void> {
  const [event, ...args] = packet
  const last = args.at(-1)
  const callback = typeof last === 'function' ? last : undefined
  const acknowledge = () => callback?.()
  const argument = args[0] === callback ? undefined : args[0]
  const name = String(event)
  const knowing = sessions.filter((session) => session.knows(name))
  for (const session of knowing) await session.handle(name, argument, acknowledge)
  if (knowing.length === 0) for (const session of sessions) session.onUnknown?.(name, acknowledge)
}
