import type { IncomingMessage, ServerResponse } from 'node:http'
import { guarded } from '../lib/guard.ts'
import { AbsentPollers } from './absent-pollers.ts'
import {
  type EngineServer,
  openSocketIo,
  type ServerOptions,
  type Socket,
  shortenGoodbye,
} from './engine-io.ts'
import { Newcomers } from './newcomers.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'
import { requestIdOf } from './request-ids.ts'
import { corsOf } from './socket-io-cors.ts'
import type { SocketIoOptions } from './socket-io-dialect.ts'
import { linkOf, SocketIoLink } from './socket-io-link.ts'
import { serve } from './socket-io-serving.ts'

/** Size of one packet, or one poll of several. More closes the connection, so it is well past any message. */
const MAX_SOCKET_IO_BYTES = 128 * 1024

/** Milliseconds that a session has to enter a namespace, and the number of sessions that may be about to. */
const ENTER_WITHIN_MS = 15_000
const MAX_NEWCOMERS = 10_000
/** Sessions that may be between two polls for longer than clients are, which is 200 MB. */
const MAX_ABSENT_POLLERS = 20_000
/** Milliseconds that a session that is sent away has to poll for its close. */
const GOODBYE_MS = 1_000

const OPTIONS: Partial<ServerOptions> = {
  allowEIO3: true,
  destroyUpgrade: false,
  serveClient: false,
  maxHttpBufferSize: MAX_SOCKET_IO_BYTES,
  connectTimeout: ENTER_WITHIN_MS,
  perMessageDeflate: false,
  httpCompression: false,
  cors: corsOf,
}

/** Serves Socket.IO for all dialects of a listener, engine.io 3 and 4, on the default namespace. */
export function createEngine(options: SocketIoOptions): EngineServer {
  const { limits, addressOf } = options
  const newcomers = new Newcomers<SocketIoLink>(MAX_NEWCOMERS)
  const absent = new AbsentPollers<SocketIoLink>(options.maxAbsentPollers ?? MAX_ABSENT_POLLERS)
  const shareOf = (request: IncomingMessage) => ({ memory: limits.memory, address: addressOf(request) })
  const { io, engine } = openSocketIo(OPTIONS, {
    shareOf,
    admits: (request, response) => isWithinLimit(request, response, options),
    onConnection: (connection) => {
      new SocketIoLink(connection, shareOf(connection.request), { newcomers, absent })
      // A client that never enters a namespace does not poll for its close either.
      shortenGoodbye(connection, GOODBYE_MS)
    },
  })
  const enter = (socket: Socket, next: Next) => {
    newcomers.delete(linkOf(socket.conn))
    admit(socket, next, options)
  }
  io.use(guarded('socket_io', enter, refuse))
  io.on(
    'connection',
    guarded('socket_io', (socket) => serve(socket, options), closeSocket),
  )
  return engine
}

const closeSocket = ({ conn }: Socket): void => conn.close(true)

/** Every poll, post and handshake counts as a request. One too many is answered here. */
function isWithinLimit(
  request: IncomingMessage,
  response: ServerResponse,
  { addressOf, limits, pipeline }: SocketIoOptions,
): boolean {
  const isUpgrade = request.headers.upgrade !== undefined
  if (!isUpgrade) pipeline.watch(request, response)
  const retryAfter = limits.take('request', addressOf(request))
  if (retryAfter === 0) return true
  const headers = { 'Retry-After': String(retryAfter) }
  if (isUpgrade) refuseUpgrade(request, 429, 'Too Many Requests', { headers })
  else response.writeHead(429, { ...headers, 'X-Request-Id': requestIdOf(request) }).end('Too Many Requests')
  return false
}

type Next = (error?: Error) => void

/**
 * Admits one session at a time. Socket.IO itself closes a connection that sends CONNECT while its session lives. It
 * knows a session only in the next turn, and until then would let in a second one.
 */
function admit(socket: Socket, next: Next, { limits }: SocketIoOptions): void {
  const link = linkOf(socket.conn)
  // The first CONNECT comes with the handshake, which was counted.
  const isTooMany = link !== undefined && link.connects++ > 0 && limits.take('request', link.address) > 0
  if (!link || link.isTaken || isTooMany) {
    refuse(socket, next)
    return
  }
  link.isTaken = true
  next()
}

/** Closes the whole connection, as Socket.IO does. Without `next` the library would keep the refused socket. */
function refuse(socket: Socket, next: Next): void {
  socket.conn.close()
  next(new Error('refused'))
}
