import type { IncomingMessage } from 'node:http'
import type { Socket as NetSocket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import type { MemoryShare } from '../lib/memory-budget.ts'
import { MeasuredWebSocket } from './measured-web-socket.ts'
import { endTurnAfter } from './reading-turns.ts'
import { requestNumberOf } from './request-ids.ts'
import { WS_PIECES } from './ws.ts'

const rawSockets = new WeakMap<WebSocket, NetSocket>()

/** The socket under a WebSocket of a `rememberingWsServer`. */
export const rawSocketUnder = (ws: WebSocket): NetSocket | undefined => rawSockets.get(ws)

/** The memory share that the unfinished input of a request's WebSocket counts against. */
export type ShareOf = (request: IncomingMessage) => MemoryShare

/** A WebSocket that is read a chunk a turn. */
class TurnTakingWebSocket extends MeasuredWebSocket {
  override hear(bytes: number): void {
    super.hear(bytes)
    const socket = rawSockets.get(this)
    if (socket) endTurnAfter(bytes, socket)
  }
}

/** Remembers the socket under each WebSocket, so that shared frames can be written to it directly. */
class RememberingWsServer extends WebSocketServer<typeof TurnTakingWebSocket> {
  readonly #shareOf: ShareOf

  /** Adds the options that engine.io does not pass. */
  constructor(options: ServerOptions, shareOf: ShareOf) {
    super({ ...options, ...WS_PIECES, WebSocket: TurnTakingWebSocket })
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
      ws.requestNumber = requestNumberOf(request)
      ws.measure(socket, this.#shareOf(request))
      done(ws, upgraded)
    })
  }
}

/** The constructor by which engine.io makes its server of WebSockets. */
export const rememberingWsServer = (shareOf: ShareOf): (new (options: ServerOptions) => WebSocketServer) =>
  class extends RememberingWsServer {
    constructor(options: ServerOptions) {
      super(options, shareOf)
    }
  }
