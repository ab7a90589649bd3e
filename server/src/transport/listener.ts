import { once } from 'node:events'
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import type { Server as NetServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { guarded } from '../lib/guard.ts'
import { createServer } from '../lib/http.ts'
import { isTracing } from '../lib/trace.ts'
import { pathOf } from './dispatcher.ts'
import { GatheredRequest } from './gathered-request.ts'
import { GuardedResponse, guardServer } from './guards.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'
import { RequestPipeline } from './request-pipeline.ts'
import type { SocketIo } from './socket-io.ts'
import { remember } from './stopping.ts'
import { STRANGERS, Strangers } from './strangers.ts'
import { isOverdue, refuseUnreadable, spare } from './streamed-body.ts'
import { traced } from './traced-requests.ts'

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

interface ListenerOptions {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void
  /** Undefined: nothing is served there. */
  readonly upgradeFor: (path: string) => UpgradeHandler | undefined
  /** Answers all below its path. */
  readonly socketIo?: SocketIo
  /** Shared with Socket.IO; else its own. */
  readonly pipeline?: RequestPipeline
  /** Holds each connection until its first request; by default the listener's own. */
  readonly strangers?: Strangers
  /** Milliseconds for a whole request, unless its body is `streamed`. */
  readonly requestMs?: number
}

/** Time for a request's headers and for the whole request, against clients that send a byte a minute. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 15_000
/** Both are looked at this often; Node's own half a minute would let them be exceeded that much. */
const CHECK_EVERY_MS = 1_000
const KEEP_ALIVE_MS = 65_000

/** An HTTP server with its routing of requests and upgrades, not yet listening. */
export function createListener(options: ListenerOptions): HttpServer {
  const { requestMs = REQUEST_TIMEOUT_MS } = options
  const http = createServer({
    IncomingMessage: GatheredRequest,
    ServerResponse: GuardedResponse,
    headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestMs),
    requestTimeout: requestMs,
    connectionsCheckingInterval: CHECK_EVERY_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    noDelay: true,
    // Other protocols (some clients offer HTTP/2 so) may be ignored: the request is answered as it stands.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  })
  // A peer may end its side after its request, as `nc -N` does. Node's types lack this option.
  Object.assign(http, { httpAllowHalfOpen: true })
  const { strangers = new Strangers(STRANGERS), socketIo } = options
  const { pipeline = new RequestPipeline({ strangers }) } = options
  // A request that waited is handled in a callback of another one or of a timer, so its errors are caught here.
  const handle = guarded(
    'http',
    isTracing() ? traced(options.handle) : options.handle,
    (_request, response) => response.destroy(),
  )
  http.on('connection', (socket) => strangers.add(socket))
  http.on('request', (request, response) => {
    toOriginForm(request)
    if (socketIo?.owns(pathOf(request))) socketIo.request(request, response)
    else pipeline.take(request, response, handle)
  })
  http.on('clientError', (error, socket) => {
    const { request, response } = pipeline.find(socket) ?? {}
    if (isOverdue(error) && request instanceof GatheredRequest && spare(request, requestMs)) return
    refuseUnreadable(error, socket, response?.headersSent === true)
  })
  http.on('timeout', (socket) => pipeline.onTimeout(socket))
  http.on('upgrade', (request, socket, head) => {
    // A peer that resets during the handshake must not end the process.
    socket.on('error', destroyItself)
    strangers.delete(request.socket)
    toOriginForm(request)
    const path = pathOf(request)
    const handler = options.upgradeFor(path)
    if (socketIo?.owns(path)) socketIo.upgrade(request, socket, head)
    else if (handler) handler(request, socket, head)
    else refuseUpgrade(request, 404, 'Not Found')
  })
  return http
}

const ABSOLUTE_FORM = /^https?:\/\/(?:[^/?#]*@)?([^/?#@]+)/i

/** A request's target may be a whole URL, whose host then overrides the Host header (RFC 9112, 3.2.2). */
function toOriginForm(request: IncomingMessage): void {
  const { url = '' } = request
  const [start, host] = ABSOLUTE_FORM.exec(url) ?? []
  if (start === undefined || host === undefined) return
  const rest = url.slice(start.length)
  request.url = rest.startsWith('/') ? rest : `/${rest}`
  request.headers.host = host
}

/** Not a closure: one would keep the request that opened the connection for as long as that lasts. */
function destroyItself(this: Duplex): void {
  this.destroy()
}

/** Resolves with the port really bound. Rejects with Node's error (EADDRINUSE …). */
export async function listen(server: NetServer, host: string, port: number): Promise<number> {
  remember(server)
  guardServer(server)
  server.listen({ host, port })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}
