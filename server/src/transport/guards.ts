import type { EventEmitter } from 'node:events'
import type { IncomingMessage as HttpRequest } from 'node:http'
import type { Server } from 'node:net'
import { Duplex } from 'node:stream'
import { guardedEmit, guardedEmitOfMany } from '../lib/guard.ts'
import { Server as HttpServer, IncomingMessage, ServerResponse } from '../lib/http.ts'

// Node and `ws` call this server and its libraries by `emit` of objects that are made here. Each of these objects
// gets an `emit` that catches: an error of engine.io, Fastify or a dialect ends its own connection only.

/** Ends the connections among an event's arguments: sockets, and the sockets of requests. */
function endAll(args: readonly unknown[]): void {
  for (const each of args) {
    if (each instanceof Duplex) each.destroy()
    else if (each instanceof IncomingMessage) each.socket.destroy()
  }
}

const emitOfServer = guardedEmitOfMany<Server>('tcp', endAll)
const emitOfHttpServer = guardedEmitOfMany<Server>('http', endAll)
const emitOfSocket = guardedEmit<Duplex>('tcp', (socket) => socket.destroy())

/** Guards a server and every connection that it accepts. A failed `accept` is an event of the server too. */
export function guardServer(server: Server): void {
  replaceEmit(server, server instanceof HttpServer ? emitOfHttpServer : emitOfServer)
  server.on('connection', guardSocket)
}

/** Guards a connection that no guarded server has accepted. */
export function guardSocket(socket: Duplex): void {
  replaceEmit(socket, emitOfSocket)
}

export class GuardedRequest extends IncomingMessage {}
replaceEmit(
  GuardedRequest.prototype,
  guardedEmit<GuardedRequest>('http', (request) => request.socket.destroy()),
)

export class GuardedResponse<Request extends HttpRequest = HttpRequest> extends ServerResponse<Request> {}
replaceEmit(
  GuardedResponse.prototype,
  guardedEmit<GuardedResponse>('http', (response) => response.destroy()),
)

export function replaceEmit<Emitter extends EventEmitter>(
  emitter: Emitter,
  emit: (this: Emitter, event: string | symbol, ...args: unknown[]) => boolean,
): void {
  Object.assign(emitter, { emit })
}
