import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { type AnsweringSink, type Frame, SocketSink } from '../delivery/index.ts'
import { guarded } from '../lib/guard.ts'
import type { MemoryShare } from '../lib/memory-budget.ts'
import { runAfter, runEvery } from '../lib/timers.ts'
import { MeasuredWebSocket } from './measured-web-socket.ts'
import { requestNumberOf, tellRequestIds } from './request-ids.ts'
import { wsTextFrame } from './ws-frame.ts'

interface WsOptions {
  /** A larger frame closes the connection with 1009. */
  readonly maxPayloadBytes: number
  /** The close code and reason for a peer that does not read, if it can still receive them. */
  readonly slow: { readonly code: number; readonly reason: string }
  /**
   * The server asks whether the peer is alive this often; it is cut off when it has not answered by the next
   * time. Absent where the dialect has pings of its own.
   */
  readonly pingIntervalMs?: number
  /** The subprotocol that every handshake is answered with: the caller has seen that the client offers it. */
  readonly protocol?: string
  /** The peer's memory share, which counts unfinished input and unread output. */
  readonly shareOf?: (request: IncomingMessage) => MemoryShare
}

export interface WsHandlers {
  onText(text: string): void
  /** Absent where frames that are not text are passed over. */
  onBinary?(): void
  onClose(): void
}

/** How long a peer may take to answer a close frame. */
const CLOSE_GRACE_MS = 2_000

/**
 * Pieces of one unfinished message: its fragments, and the segments that a fragment comes in. Each is an object in
 * memory, many times as large as the byte it may hold. Past either bound the connection is closed with 1008.
 */
export const WS_PIECES = { maxFragments: 128, maxBufferedChunks: 1024 } as const

/** One WebSocket whose text frames leave through a bounded sink. */
export class WsConnection {
  readonly sink: AnsweringSink
  readonly #ws: MeasuredWebSocket
  readonly #out: SocketSink
  readonly #slow: WsOptions['slow']
  /** The peer's memory share, which the sink reads. */
  readonly share?: MemoryShare
  /** Set at each sign of life of the peer; its watcher clears it. */
  isAlive = true

  constructor(ws: MeasuredWebSocket, socket: Socket, slow: WsOptions['slow'], share?: MemoryShare) {
    this.#ws = ws
    this.#slow = slow
    if (share) this.share = share
    this.#out = new SocketSink(socket, this)
    this.sink = this.#out
  }

  /** The id of the request that opened it. */
  get requestId(): string {
    return this.#ws.requestId
  }

  /** Called by its sink. */
  onSlow(): void {
    this.close(this.#slow.code, this.#slow.reason)
  }

  send(payload: string): void {
    this.#out.send(wsTextFrame(payload))
  }

  sendFrame(frame: Frame): void {
    this.#out.send(frame)
  }

  /** As of its sink: the next request waits while answers do. */
  get isCrowded(): boolean {
    return this.#out.isCrowded
  }

  drained(): Promise<void> {
    return this.#out.drained()
  }

  /** Closes after all that was sent before. The peer is cut off if it does not answer. */
  close(code: number, reason = ''): void {
    this.#out.flush()
    this.#ws.close(code, reason)
    runAfter(CLOSE_GRACE_MS, () => this.#ws.terminate()).unref()
  }

  ping(): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping()
  }

  terminate(): void {
    this.#ws.terminate()
  }

  pause(): void {
    this.#ws.pause()
  }

  resume(): void {
    this.#ws.resume()
  }
}

/** A connection whose check throws is ended, and the connections after it are still checked. */
const checkAlive = guarded(
  'timer',
  (connection: WsConnection) => {
    if (!connection.isAlive) connection.terminate()
    else {
      connection.isAlive = false
      connection.ping()
    }
  },
  (connection) => connection.terminate(),
)

/** Its listeners are shared functions, not closures: thousands of connections mostly sit there. */
class WatchedSocket extends MeasuredWebSocket {
  connection: WsConnection | undefined
  handlers: WsHandlers | undefined
}

function hearMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  hearPeer.call(this)
  const { handlers } = watched(this)
  if (isBinary) handlers?.onBinary?.()
  else handlers?.onText(data.toString())
}

function hearPeer(this: WebSocket): void {
  const { connection } = watched(this)
  if (connection) connection.isAlive = true
}

// The server below was told to make its sockets of this class.
const watched = (ws: WebSocket): WatchedSocket => ws as WatchedSocket

// `ws` closes with the fitting code by itself; without a listener the process would end.
const ignoreError = (): void => undefined

/** Accepts WebSockets of one dialect and watches over them. */
export class WsAcceptor {
  readonly #server: WebSocketServer
  readonly #options: WsOptions
  readonly #connections: Set<WsConnection>
  /** One listener for all: made for each, it would keep the request of its handshake. */
  readonly #forget: (this: WebSocket) => void
  readonly #heartbeat: NodeJS.Timeout | undefined

  constructor(options: WsOptions) {
    this.#options = options
    const connections = new Set<WsConnection>()
    this.#connections = connections
    this.#forget = function (this: WebSocket) {
      const { connection, handlers } = watched(this)
      if (connection) connections.delete(connection)
      handlers?.onClose()
    }
    const { protocol } = options
    this.#server = new WebSocketServer({
      noServer: true,
      ...(protocol !== undefined && { handleProtocols: () => protocol }),
      WebSocket: WatchedSocket,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.maxPayloadBytes,
      ...WS_PIECES,
    })
    tellRequestIds(this.#server)
    if (options.pingIntervalMs !== undefined) {
      this.#heartbeat = runEvery(options.pingIntervalMs, () => this.#beat()).unref()
    }
  }

  get connections(): ReadonlySet<WsConnection> {
    return this.#connections
  }

  /** `open` is called once the handshake is done and says how to treat the connection. */
  accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    open: (connection: WsConnection) => WsHandlers,
  ): void {
    const share = this.#options.shareOf?.(request)
    this.#server.handleUpgrade(request, socket, head, (upgraded) => {
      const ws = watched(upgraded)
      // Node hands upgrades over with the net.Socket (or TLSSocket) they came on.
      const connection = new WsConnection(ws, socket as Socket, this.#options.slow, share)
      ws.requestNumber = requestNumberOf(request)
      if (share) ws.measure(socket, share)
      this.#connections.add(connection)
      ws.connection = connection
      ws.handlers = open(connection)
      ws.on('message', hearMessage)
      ws.on('ping', hearPeer)
      ws.on('pong', hearPeer)
      ws.on('error', ignoreError)
      ws.on('close', this.#forget)
    })
  }

  /** Closes all with that code and waits until they are gone, or cut off. */
  async close(code: number, reason: string): Promise<void> {
    clearInterval(this.#heartbeat)
    for (const connection of this.#connections) connection.close(code, reason)
    const deadline = performance.now() + CLOSE_GRACE_MS
    while (this.#connections.size > 0 && performance.now() < deadline) await setTimeout(20)
    this.#server.close()
  }

  #beat(): void {
    for (const connection of this.#connections) checkAlive(connection)
  }
}
