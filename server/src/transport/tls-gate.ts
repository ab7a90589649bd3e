import type { Server, Socket } from 'node:net'
import type { TLSSocket, Server as TlsServer } from 'node:tls'
import { guarded } from '../lib/guard.ts'
import { runAfter } from '../lib/timers.ts'
import { networkOf } from './address.ts'
import { guardSocket } from './guards.ts'
import { Handshakes } from './handshakes.ts'
import type { Limits } from './limits.ts'
import { Strangers } from './strangers.ts'

interface PemPair {
  readonly cert: string
  readonly key: string
}

interface TlsGateOptions {
  /** Undefined where there is no certificate yet: until `renew` brings one, nobody comes in. */
  readonly pair: PemPair | undefined
  readonly limits: Pick<Limits, 'take' | 'handshakes'>
  /** Milliseconds from the arrival of a connection to the end of its handshake. */
  readonly deadlineMs?: number
}

const DEADLINE_MS = 10_000
/** Milliseconds that a peer without TLS has to read why it is refused. */
const REFUSAL_MS = 2_000

/** The first byte of TLS: a handshake record. */
const HANDSHAKE = 0x16
const isCapital = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a

const answerOf = (status: string, sentence: string): string =>
  `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${sentence.length}\r\n\r\n${sentence}`

const SPEAKS_TLS = answerOf('400 Bad Request', 'This port speaks TLS: ask for https:// here, not http://.\n')
const HAS_NO_CERTIFICATE = answerOf(
  '503 Service Unavailable',
  'This server has no certificate yet, and asks for one: its log tells more.\n',
)

function destroy(this: Socket): void {
  this.destroy()
}

/**
 * TLS, 1.2 or newer, in front of servers that know nothing of it: each is given its connections when their handshake is
 * done. Until then they count as strangers, and those that have begun a handshake have a bound of their own. Nothing of
 * OpenSSL is made for a peer that has said nothing.
 */
export class TlsGate {
  readonly #limits: TlsGateOptions['limits']
  readonly #deadlineMs: number
  readonly #begun: Strangers
  readonly #servers = new Set<TlsServer>()
  #pair: PemPair | undefined

  constructor({ pair, limits, deadlineMs = DEADLINE_MS }: TlsGateOptions) {
    this.#pair = pair
    this.#limits = limits
    this.#deadlineMs = deadlineMs
    this.#begun = new Strangers(limits.handshakes)
  }

  /** Serves this pair to whoever comes from now on. Connections that are there keep theirs. */
  renew(pair: PemPair): void {
    this.#pair = pair
    for (const server of this.#servers) server.setSecureContext(contextOf(pair))
  }

  /** Stands before a server that does not listen yet. A connection that has been secured elsewhere goes straight in. */
  protect(server: Server, strangers: Strangers): void {
    const serving = server.listeners('connection')
    const serve = (socket: Socket) => {
      for (const listener of serving) listener.call(server, socket)
    }
    const handshakes = new Handshakes()
    const tls = this.#createTls((secure) => {
      const raw = handshakes.settle(secure)
      if (!raw) return secure.destroy()
      strangers.delete(raw)
      this.#begun.delete(raw)
      guardSocket(secure)
      // Else a peer could have one handshake after the other, which cost the server more than the peer.
      secure.disableRenegotiation()
      return serve(secure)
    })
    this.#servers.add(tls)
    server.removeAllListeners('connection')
    server.on('connection', (socket) => {
      if ('encrypted' in socket) return serve(socket)
      strangers.add(socket)
      if (socket.destroyed) return
      handshakes.add(
        socket,
        runAfter(this.#deadlineMs, () => socket.destroy()),
      )
      sniff(socket, (first) => this.#begin(first, socket, tls))
    })
  }

  #begin(first: number, socket: Socket, tls: TlsServer): void {
    if (first === HANDSHAKE) {
      if (!this.#pair) socket.destroy()
      else if (this.#limits.take('handshake', networkOf(socket.remoteAddress)) > 0) socket.destroy()
      else this.#begun.add(socket)
      if (!socket.destroyed) tls.emit('connection', socket)
    } else if (isCapital(first)) refusePlainHttp(socket, this.#pair ? SPEAKS_TLS : HAS_NO_CERTIFICATE)
    else socket.destroy()
  }

  #createTls(onSecure: (socket: TLSSocket) => void): TlsServer {
    // Loaded by a server that speaks TLS only.
    const { createServer } = process.getBuiltinModule('node:tls')
    const server = createServer({ ...contextOf(this.#pair), ALPNProtocols: ['http/1.1'] })
    server.on(
      'secureConnection',
      guarded('tcp', onSecure, (socket) => socket.destroy()),
    )
    server.on('tlsClientError', (_error, socket) => socket.destroy())
    return server
  }
}

const contextOf = (pair: PemPair | undefined) =>
  ({ ...(pair && { cert: pair.cert, key: pair.key }), minVersion: 'TLSv1.2' }) as const

/** Calls `begin` with the first byte, which stays to be read. A peer that ends without one is gone. */
function sniff(socket: Socket, begin: (first: number) => void): void {
  socket.on('error', destroy)
  socket.once(
    'readable',
    guarded(
      'tcp',
      () => {
        const bytes: Buffer | null = socket.read()
        const first = bytes?.[0]
        if (bytes === null || first === undefined) socket.destroy()
        else {
          socket.unshift(bytes)
          begin(first)
        }
      },
      () => socket.destroy(),
    ),
  )
}

/** A browser, or a program with an old address, learns what is wrong. */
function refusePlainHttp(socket: Socket, refusal: string): void {
  // The rest of its request is thrown away: bytes that are left unread would have the answer lost.
  socket.resume()
  socket.end(refusal)
  runAfter(REFUSAL_MS, () => socket.destroy()).unref()
}
